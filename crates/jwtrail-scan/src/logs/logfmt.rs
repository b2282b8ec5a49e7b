use super::Fields;
use super::cursor::Cursor;

/// The pairs of a line of logfmt (`at=info method=GET msg="a b"`), if it is one: at least two
/// pairs, and the line begins with one.
pub(super) fn line(text: &str) -> Option<Fields> {
    let mut cursor = Cursor::new(text.trim());
    let mut fields = Fields::default();
    let mut pairs = 0_usize;
    while !cursor.is_at_end() {
        let name = cursor.take_some(is_name)?;
        if cursor.skip("=").is_some() {
            fields.push(name, value(&mut cursor)?);
            pairs += 1;
        } else if pairs > 0 {
            fields.push(name, "true");
        } else {
            return None;
        }
        if !cursor.is_at_end() {
            cursor.take_some(|c| c == ' ' || c == '\t')?;
        }
    }
    (pairs >= 2).then_some(fields)
}

fn value(cursor: &mut Cursor<'_>) -> Option<String> {
    if cursor.rest().starts_with('"') {
        return cursor.quoted();
    }
    let bare = cursor.take_some(|c| c != ' ' && c != '\t');
    Some(bare.unwrap_or_default().to_owned())
}

/// Pairs in which a bare value may have blanks, as Rust's `Display` values have them: it goes
/// on up to the next ` name=`. The text before the first pair comes with them.
pub(super) fn loose_pairs(text: &str) -> (&str, Fields) {
    let mut fields = Fields::default();
    let Some((message, mut rest)) = next_pair(text) else {
        return (text, fields);
    };
    loop {
        let mut cursor = Cursor::new(rest);
        let Some(name) = cursor.take_some(is_name) else {
            break;
        };
        if cursor.skip("=").is_none() {
            break;
        }
        let mut after = cursor;
        if let Some(value) = after.quoted() {
            fields.push(name, value);
            match next_pair(after.rest()) {
                Some((_, next)) => rest = next,
                None => break,
            }
        } else {
            let value = cursor.rest();
            match next_pair_after_blank(value) {
                Some((value, next)) => {
                    fields.push(name, value.trim_end());
                    rest = next;
                }
                None => {
                    fields.push(name, value.trim_end());
                    break;
                }
            }
        }
    }
    (message.trim_end(), fields)
}

/// What stands before the next `name=` that begins the text or follows a blank, and from there.
fn next_pair(text: &str) -> Option<(&str, &str)> {
    if starts_a_pair(text) {
        return Some(("", text));
    }
    next_pair_after_blank(text)
}

fn next_pair_after_blank(text: &str) -> Option<(&str, &str)> {
    text.match_indices(' ')
        .filter_map(|(at, _)| text.split_at_checked(at + 1))
        .find(|(_, rest)| starts_a_pair(rest))
}

fn starts_a_pair(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && cursor.take_some(is_name).is_some() && cursor.skip("=").is_some()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let fields = line(text).unwrap();
        fields
            .iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect()
    }

    #[test]
    fn pairs_quoted_bare_and_empty() {
        let fields = read(r#"level=warn msg="token \"x\" rejected" sub= status=401 retried"#);
        let expected = [
            ("level", "warn"),
            ("msg", "token \"x\" rejected"),
            ("sub", ""),
            ("status", "401"),
            ("retried", "true"),
        ];
        assert_eq!(fields, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn prose_is_no_logfmt() {
        for text in [
            "",
            "a=1",
            "token rejected kid=1 alg=none",
            "a=\"x b=2",
            "GET /?a=1&b=2",
        ] {
            assert!(line(text).is_none(), "{text}");
        }
    }

    #[test]
    fn loose_values_may_have_blanks() {
        let (message, fields) =
            loose_pairs(r#"request refused error=invalid token kid="a b" status=401"#);
        assert_eq!(message, "request refused");
        assert!(fields.iter().eq([
            ("error", "invalid token"),
            ("kid", "a b"),
            ("status", "401"),
        ]));
    }
}
