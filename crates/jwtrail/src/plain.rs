use std::fmt::{self, Write as _};

/// Text from outside that stays on its line and drives no terminal, whatever is in it.
pub(crate) struct Plain<'a>(pub(crate) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || reorders(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Whether a character breaks the line or turns the direction of what follows.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Plain;

    #[test]
    fn nothing_drives_the_terminal() {
        let text = Plain("a\u{1b}[2J\nb\u{202e}c\u{2028}d é").to_string();
        assert_eq!(text, r"a\u{1b}[2J\u{a}b\u{202e}c\u{2028}d é");
    }
}
