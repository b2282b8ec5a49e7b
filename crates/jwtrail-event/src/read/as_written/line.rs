use std::str::FromStr;

use crate::{Steps, Text};

/// What is left to read of a line that has no escape in it, so that a text ends at the next quote.
///
/// What moves on in it is always inlined, so that where it stands is in registers from the first
/// member to the last: kept in memory, each member would wait for the one before.
pub(super) struct Line<'a> {
    rest: &'a str,
}

impl<'a> Line<'a> {
    /// Unless a text could end elsewhere than at the next quote, or have what no text may.
    pub(super) fn new(line: &'a [u8]) -> Option<Self> {
        // In chunks, so that many bytes are compared at once.
        let odd = |byte: &u8| *byte < b' ' || *byte == b'\\';
        let plain = |chunk: &[u8]| !chunk.iter().fold(false, |any, byte| any | odd(byte));
        let (last, before) = line.split_last()?;
        if !before.chunks(64).all(plain) {
            return None;
        }
        let line = match last {
            b'\n' => before,
            last if odd(last) => return None,
            _ => line,
        };
        let rest = std::str::from_utf8(line).ok()?;
        Some(Self { rest })
    }

    /// Passes over what stands next, if it is this.
    #[inline(always)]
    pub(super) fn passes(&mut self, expected: &str) -> bool {
        let rest = self.rest.strip_prefix(expected);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The value of a member that every record has.
    #[inline(always)]
    pub(super) fn named<T>(
        &mut self,
        name: &str,
        value: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.passes(name) { value(self) } else { None }
    }

    /// Puts the value of a member that every record has into its place.
    #[inline(always)]
    pub(super) fn must<T>(
        &mut self,
        name: &str,
        value: impl FnOnce(&mut Self) -> Option<T>,
        place: &mut T,
    ) -> Option<()> {
        *place = self.named(name, value)?;
        Some(())
    }

    /// Puts the value of a member into its place, if that is what stands next.
    #[inline(always)]
    pub(super) fn may<T>(
        &mut self,
        name: &str,
        value: impl FnOnce(&mut Self) -> Option<T>,
        place: &mut Option<T>,
    ) -> Option<()> {
        if self.passes(name) {
            *place = Some(value(self)?);
        }
        Some(())
    }

    /// Whether this is all that is left.
    pub(super) fn ends(&self, expected: &str) -> bool {
        self.rest == expected
    }

    /// A text up to its quote.
    #[inline(always)]
    pub(super) fn text(&mut self) -> Option<Text<'a>> {
        self.word().map(Text::from)
    }

    /// A name of a closed set, an id or a time, up to its quote.
    #[inline(always)]
    pub(super) fn parsed<T: FromStr>(&mut self) -> Option<T> {
        self.word()?.parse().ok()
    }

    /// A number that is not negative, as we write it.
    #[inline(always)]
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        let digits = self.digits();
        let (digits, rest) = self.rest.split_at_checked(digits)?;
        // JSON knows no leading zeros.
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        self.rest = rest;
        T::try_from(digits.parse().ok()?).ok()
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        if !self.passes("-") {
            return self.number();
        }
        let number: u64 = self.number()?;
        // What JSON lets stand for zero is left to the parser.
        if number == 0 {
            None
        } else {
            0_i64.checked_sub_unsigned(number)
        }
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        if self.passes("true") {
            return Some(true);
        }
        self.passes("false").then_some(false)
    }

    /// What the steps said, up to the bracket.
    pub(super) fn steps(&mut self) -> Option<Steps> {
        let mut steps = Steps::default();
        self.each(|step| steps.read(step).ok())?;
        Some(steps)
    }

    /// Texts up to the bracket.
    pub(super) fn texts(&mut self) -> Option<Vec<Text<'a>>> {
        let mut texts = Vec::new();
        self.each(|text| {
            texts.push(Text::from(text));
            Some(())
        })?;
        Some(texts)
    }

    fn each(&mut self, mut take: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
        if self.passes("]") {
            return Some(());
        }
        loop {
            self.passes("\"").then_some(())?;
            take(self.word()?)?;
            if self.passes("]") {
                return Some(());
            }
            self.passes(",").then_some(())?;
        }
    }

    /// What stands before the next quote, which is passed over.
    #[inline(always)]
    fn word(&mut self) -> Option<&'a str> {
        let end = quote(self.rest.as_bytes())?;
        let word = self.rest.get(..end)?;
        self.rest = self.rest.get(end + 1..)?;
        Some(word)
    }

    fn digits(&self) -> usize {
        let bytes = self.rest.bytes();
        bytes.take_while(u8::is_ascii_digit).count()
    }
}

/// Where the first quote stands. Eight bytes are looked at together: where one is a quote, nothing
/// is left of it, and only taking one from nothing borrows its highest bit. A borrow goes on to the
/// bytes after it, never to those before: so the lowest is right.
#[inline(never)]
fn quote(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let left = u64::from_le_bytes(*word) ^ (EACH * b'"' as u64);
        let found = left.wrapping_sub(EACH) & !left & (EACH * 0x80);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let last = rest.iter().position(|byte| *byte == b'"')?;
    Some(words.len() * 8 + last)
}
