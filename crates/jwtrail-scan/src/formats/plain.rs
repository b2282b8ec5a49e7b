use std::fmt::{self, Write as _};

/// Text from outside that stays on its line and drives no terminal, whatever is in it.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if is_hostile(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// The text with whatever could drive something written as `\u{..}`.
pub(crate) fn plain(text: &str) -> String {
    Plain(text).to_string()
}

/// The same where a line's end may stand: at the start of each further line.
pub(super) fn plain_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(plain)
}

/// Whether a character drives a terminal, breaks the line, turns the direction of what follows,
/// or cannot be seen.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_drives_the_terminal() {
        let text = plain("a\u{1b}[2J\nb\u{202e}c\u{2028}d\u{200b} é");
        assert_eq!(text, r"a\u{1b}[2J\u{a}b\u{202e}c\u{2028}d\u{200b} é");
    }
}
