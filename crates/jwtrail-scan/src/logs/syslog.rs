use super::Fields;
use super::cursor::Cursor;

/// The header of a syslog line and the message that it carries: RFC 5424, and RFC 3164 with or
/// without its priority.
///
/// The header's fields are named `syslog.*`, structured data `syslog.ID.NAME`.
pub(super) fn line(text: &str) -> Option<(Fields, &str)> {
    new(text).or_else(|| old(text))
}

/// `<34>1 2003-10-11T22:14:15.003Z host app 123 id [sd a="b"] message`.
fn new(text: &str) -> Option<(Fields, &str)> {
    let mut cursor = Cursor::new(text);
    let mut fields = Fields::default();
    fields.push("syslog.priority", priority(&mut cursor)?);
    cursor.skip("1 ")?;
    for name in [
        "time",
        "syslog.host",
        "syslog.app",
        "syslog.process",
        "syslog.message_id",
    ] {
        let word = cursor.word()?;
        if word != "-" {
            fields.push(name, word);
        }
    }
    if cursor.skip("-").is_none() {
        while cursor.skip("[").is_some() {
            element(&mut cursor, &mut fields)?;
        }
    }
    cursor.skip_spaces();
    let message = cursor.rest();
    Some((fields, message.strip_prefix('\u{feff}').unwrap_or(message)))
}

fn element(cursor: &mut Cursor<'_>, fields: &mut Fields) -> Option<()> {
    let is_name = |c: char| c.is_ascii_graphic() && !matches!(c, '=' | ']' | '"');
    let id = cursor.take_some(is_name)?;
    loop {
        cursor.skip_spaces();
        if cursor.skip("]").is_some() {
            return Some(());
        }
        let name = cursor.take_some(is_name)?;
        cursor.skip("=")?;
        fields.push(format!("syslog.{id}.{name}"), cursor.quoted()?);
    }
}

/// `<34>Oct 11 22:14:15 host app[123]: message`.
fn old(text: &str) -> Option<(Fields, &str)> {
    let mut cursor = Cursor::new(text);
    let mut fields = Fields::default();
    if let Some(priority) = priority(&mut cursor) {
        fields.push("syslog.priority", priority);
    }
    let (stamp, _) = cursor.rest().split_at_checked(STAMP.len())?;
    let shaped = stamp
        .bytes()
        .zip(STAMP.bytes())
        .all(|(byte, form)| match form {
            b'A' => byte.is_ascii_alphabetic(),
            b'9' => byte.is_ascii_digit() || byte == b' ',
            form => byte == form,
        });
    shaped.then_some(())?;
    cursor.skip(stamp)?;
    fields.push("syslog.time", stamp);
    cursor.skip_spaces();
    fields.push("syslog.host", cursor.word()?);
    let tag = cursor.until(": ")?;
    match tag.trim_end_matches(']').split_once('[') {
        Some((app, process)) => {
            fields.push("syslog.app", app);
            fields.push("syslog.process", process);
        }
        None => fields.push("syslog.app", tag),
    }
    let reads_well = !tag.is_empty() && !tag.contains(char::is_whitespace);
    reads_well.then(|| (fields, cursor.rest()))
}

fn priority<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    ahead.skip("<")?;
    let digits = ahead.take_some(|c| c.is_ascii_digit())?;
    ahead.skip(">")?;
    matches!(digits.parse(), Ok(0..=191_u8)).then_some(())?;
    *cursor = ahead;
    Some(digits)
}

/// What RFC 3164 section 4.1.2 lets a time look like.
const STAMP: &str = "AAA 99 99:99:99";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_5424() {
        let text =
            r#"<34>1 2026-10-11T22:14:15.003Z h app 7 ID [a@1 corr="x\"]" b="2"][c d="e"] {"k":1}"#;
        let (fields, message) = line(text).unwrap();
        assert_eq!(fields.value("syslog.a@1.corr"), Some("x\"]"));
        assert_eq!(fields.value("syslog.c.d"), Some("e"));
        assert_eq!(fields.value("time"), Some("2026-10-11T22:14:15.003Z"));
        assert_eq!(message, r#"{"k":1}"#);
        let (_, message) = line("<14>1 - - - - - - \u{feff}hello").unwrap();
        assert_eq!(message, "hello");
    }

    #[test]
    fn rfc_3164() {
        for text in [
            "<34>Oct  1 22:14:15 h app[7]: bad token",
            "Oct 11 22:14:15 h app[7]: bad token",
        ] {
            let (fields, message) = line(text).unwrap();
            assert_eq!(fields.value("syslog.app"), Some("app"));
            assert_eq!(fields.value("syslog.process"), Some("7"));
            assert_eq!(message, "bad token");
        }
    }

    #[test]
    fn what_is_no_syslog_is_none() {
        for text in [
            "",
            "<",
            "<999>1 a",
            "<34>",
            "<34>2 x",
            "Foo bar baz",
            "<34>1 - - - - - [a b",
            "Oct 11 22:14:15 h",
        ] {
            assert!(line(text).is_none(), "{text}");
        }
    }
}
