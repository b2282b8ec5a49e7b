use std::borrow::Cow;

use super::LeakForm;

/// The ways to read a text, each with what it undoes; those that change nothing are left out.
pub(super) fn views(text: &[u8]) -> Vec<(Option<LeakForm>, Cow<'_, [u8]>)> {
    let mut views = vec![(None, Cow::Borrowed(text))];
    let mut add = |form, view: Vec<u8>| {
        let changed = view != text;
        if changed {
            views.push((Some(form), Cow::Owned(view)));
        }
        changed
    };
    let once = percent_decoded(text);
    let twice = percent_decoded(&once);
    if add(LeakForm::Percent, once) {
        add(LeakForm::Percent, twice);
    }
    add(LeakForm::Escaped, unescaped(text));
    add(LeakForm::Split, joined(text));
    views
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut any = false;
    while let [first, tail @ ..] = rest {
        let byte = match (first, tail) {
            (b'%', [high, low, ..]) => digits(&[*high, *low]),
            _ => None,
        };
        any |= byte.is_some();
        let plain = byte.and_then(|byte| u8::try_from(byte).ok());
        decoded.push(plain.unwrap_or(*first));
        rest = rest
            .get(if plain.is_some() { 3 } else { 1 }..)
            .unwrap_or_default();
    }
    if any {
        // Forms write a blank as a plus.
        decoded
            .iter_mut()
            .filter(|byte| **byte == b'+')
            .for_each(|byte| *byte = b' ');
    }
    decoded
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let taken = match (first, tail) {
            (b'\\', [b'u', a, b, c, d, ..]) => {
                let character = digits(&[*a, *b, *c, *d]).and_then(char::from_u32);
                character.map(|character| {
                    let mut buffer = [0; 4];
                    plain.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                    6
                })
            }
            (b'\\', [b'x', a, b, ..]) => digits(&[*a, *b]).and_then(|byte| {
                plain.push(u8::try_from(byte).ok()?);
                Some(4)
            }),
            (b'\\', [c @ (b'"' | b'\\' | b'/' | b'\''), ..]) => {
                plain.push(*c);
                Some(2)
            }
            _ => None,
        };
        if taken.is_none() {
            plain.push(*first);
        }
        rest = rest.get(taken.unwrap_or(1)..).unwrap_or_default();
    }
    plain
}

/// Without line ends, written as such or as `\n`, and without the blanks after them.
fn joined(text: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut after_end = false;
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'\n' | b'\r', _) => {
                after_end = true;
                rest = tail;
            }
            (b'\\', [b'n' | b'r', further @ ..]) => {
                after_end = true;
                rest = further;
            }
            (b' ' | b'\t', _) if after_end => rest = tail,
            _ => {
                joined.push(*first);
                after_end = false;
                rest = tail;
            }
        }
    }
    joined
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |value, byte| {
        Some(value * 16 + char::from(*byte).to_digit(16)?)
    })
}
