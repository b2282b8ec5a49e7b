use std::borrow::Cow;

/// The text without terminal sequences (ECMA-48: CSI, OSC and the two-character ones). Other
/// control characters stay.
pub(super) fn stripped(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('[') => {
                // Parameters and intermediates, then one final byte.
                while chars
                    .next_if(|c| ('\u{20}'..='\u{3f}').contains(c))
                    .is_some()
                {}
                chars.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
            }
            Some(']') => {
                // Up to BEL or ESC \, or the end of the line.
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::stripped;

    #[test]
    fn colours_go_and_text_stays() {
        assert_eq!(
            stripped("\u{1b}[2m10:00\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m a"),
            "10:00  INFO a"
        );
        assert_eq!(stripped("\u{1b}]0;title\u{7}a\u{1b}]8;;x\u{1b}\\b"), "ab");
        assert_eq!(stripped("plain"), "plain");
        assert_eq!(stripped("end\u{1b}"), "end");
        assert_eq!(stripped("end\u{1b}["), "end");
    }
}
