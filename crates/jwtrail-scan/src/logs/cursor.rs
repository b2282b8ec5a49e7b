/// A place in a text that is read from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) const fn rest(self) -> &'a str {
        self.rest
    }

    pub(super) const fn is_at_end(self) -> bool {
        self.rest.is_empty()
    }

    /// Steps over a text that stands here.
    pub(super) fn skip(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    pub(super) fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// The characters from here on that are such; at least one.
    pub(super) fn take_some(&mut self, such: impl Fn(char) -> bool) -> Option<&'a str> {
        let end = self.rest.find(|c| !such(c)).unwrap_or(self.rest.len());
        if end == 0 {
            return None;
        }
        self.take(end)
    }

    /// What stands before the next such text, which is stepped over.
    pub(super) fn until(&mut self, text: &str) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(text)?;
        self.rest = after;
        Some(before)
    }

    /// The next word, and the spaces after it.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let word = self.take_some(|c| c != ' ' && c != '\t')?;
        self.skip_spaces();
        Some(word)
    }

    /// A text in double quotes, its escapes undone: those of JSON, of Rust's `Debug` and of
    /// nginx (`\xHH`).
    pub(super) fn quoted(&mut self) -> Option<String> {
        let mut inner = *self;
        inner.skip("\"")?;
        let mut text = String::new();
        let mut chars = inner.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = inner.rest.get(at + 1..)?;
                    return Some(text);
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'u' => text.push(unicode(&mut chars)?),
                    'x' => text.push(byte(&mut chars)?),
                    other => text.push(other),
                },
                c => text.push(c),
            }
        }
        None
    }

    fn take(&mut self, bytes: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }
}

/// `\u00e9` as in JSON or `\u{e9}` as in Rust; half of a surrogate pair is U+FFFD.
fn unicode(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let (_, first) = chars.next()?;
    let mut value = 0_u32;
    if first == '{' {
        for _ in 0..=6 {
            match chars.next()?.1 {
                '}' => return Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)),
                digit => value = value.checked_mul(16)? + digit.to_digit(16)?,
            }
        }
        return None;
    }
    value = first.to_digit(16)?;
    for _ in 0..3 {
        value = value * 16 + chars.next()?.1.to_digit(16)?;
    }
    Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn byte(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let high = chars.next()?.1.to_digit(16)?;
    let low = chars.next()?.1.to_digit(16)?;
    char::from_u32(high * 16 + low)
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    fn quoted(text: &str) -> Option<String> {
        Cursor::new(text).quoted()
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(quoted(r#""a\"b\\c" d"#).as_deref(), Some(r#"a"b\c"#));
        assert_eq!(
            quoted(r#""\u00e9\u{1b}\x41\n""#).as_deref(),
            Some("\u{e9}\u{1b}A\n")
        );
        assert_eq!(quoted(r#""\ud800""#).as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn what_has_no_end_is_no_quoted_text() {
        for text in [
            "",
            "a",
            "\"",
            "\"a",
            "\"a\\",
            r#""\u{ffffffffff}""#,
            r#""\u12"#,
        ] {
            assert_eq!(quoted(text), None, "{text}");
        }
    }
}
