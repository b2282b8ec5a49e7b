use crate::Text;
use crate::text::capped;

/// Appends a value as the inside of a JSON string: cut to its cap, and [escaped](escape).
#[inline]
pub(super) fn write(text: &Text<'_>, cap: usize, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    match is_plain_within(bytes, cap) {
        true => out.extend_from_slice(bytes),
        false => escape_each(capped(text.as_str(), cap), out),
    }
}

/// Whether text stands as it is.
pub(super) fn is_plain_within(bytes: &[u8], cap: usize) -> bool {
    bytes.len() <= cap && all_plain(bytes)
}

/// Appends text as the inside of a JSON string. Besides what JSON asks for, it escapes what
/// could break a line, a terminal or the order in which a reader sees the text.
pub(crate) fn escape(text: &str, out: &mut Vec<u8>) {
    match all_plain(text.as_bytes()) {
        true => out.extend_from_slice(text.as_bytes()),
        false => escape_each(text, out),
    }
}

fn escape_each(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut plain = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let class = CLASS.get(usize::from(byte)).copied().unwrap_or(ALWAYS);
        if class == PLAIN {
            at += 1;
            continue;
        }
        let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            break;
        };
        let length = character.len_utf8();
        if class == ALWAYS || is_unsafe(character) {
            out.extend_from_slice(bytes.get(plain..at).unwrap_or_default());
            escape_character(character, out);
            plain = at + length;
        }
        at += length;
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
}

/// Whether it is ASCII that stands as it is, as almost all text is. Sixteen bytes at a time, which
/// is compiled to vector instructions; the last ones take in some of what was looked at before.
fn all_plain(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<16>() {
        let (chunks, _) = bytes.as_chunks::<16>();
        let mut found = [0; 16];
        for chunk in chunks.iter().chain([last]) {
            for (found, byte) in found.iter_mut().zip(chunk) {
                *found |= u8::from(!is_plain(*byte));
            }
        }
        return found == [0; 16];
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return not_plain(*first) | not_plain(*last) == 0;
    }
    if let (Some([a, b, c, d]), Some([e, f, g, h])) = (bytes.first_chunk(), bytes.last_chunk()) {
        return not_plain([*a, *b, *c, *d, *e, *f, *g, *h]) == 0;
    }
    bytes.iter().all(|byte| is_plain(*byte))
}

/// The same of one byte.
const fn is_plain(byte: u8) -> bool {
    // Without an early end, for the vectors' sake.
    (byte >= b' ') & (byte < 0x7f) & (byte != b'"') & (byte != b'\\')
}

/// Zero if no byte is a control, a quote, a backslash, or beyond ASCII: one of these sets the
/// highest bit of its byte in some of the terms, and others never do without one of these below.
const fn not_plain(word: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(word);
    let control = word.wrapping_sub(EACH * 0x20);
    let quote = (word ^ (EACH * 0x22)).wrapping_sub(EACH);
    let backslash = (word ^ (EACH * 0x5c)).wrapping_sub(EACH);
    let delete = word.wrapping_add(EACH);
    (control | quote | backslash | delete | word) & (EACH * 0x80)
}

const EACH: u64 = 0x0101_0101_0101_0101;

fn escape_character(character: char, out: &mut Vec<u8>) {
    match character {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        other => {
            let mut units = [0; 2];
            for unit in other.encode_utf16(&mut units) {
                let [high, low] = unit.to_be_bytes();
                out.extend_from_slice(b"\\u");
                for nibble in [high >> 4, high & 0x0f, low >> 4, low & 0x0f] {
                    out.push(crate::hex::digit(nibble));
                }
            }
        }
    }
}

/// Characters beyond ASCII that must not stand raw: C1 controls, line and paragraph
/// separators, bidirectional and other invisible format controls, the byte order mark.
const fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

const PLAIN: u8 = 0;
const ALWAYS: u8 = 1;
const LOOK: u8 = 2;

/// What to do with a byte that begins a character.
#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte < 0x20 || byte == b'"' as usize || byte == b'\\' as usize || byte == 0x7f {
            class[byte] = ALWAYS;
        } else if byte == 0xc2
            || byte == 0xd8
            || byte == 0xe1
            || byte == 0xe2
            || byte == 0xef
            || byte == 0xf3
        {
            class[byte] = LOOK;
        }
        byte += 1;
    }
    class
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_seen_at_every_place() {
        for byte in 0..=255_u8 {
            let expected = CLASS[usize::from(byte)] == PLAIN && byte.is_ascii();
            for (length, at) in (1..50).flat_map(|length| (0..length).map(move |at| (length, at))) {
                let mut bytes = vec![b'a'; length];
                bytes[at] = byte;
                assert_eq!(all_plain(&bytes), expected, "{byte} at {at} of {length}");
            }
        }
        assert!(all_plain(b""));
    }
}
