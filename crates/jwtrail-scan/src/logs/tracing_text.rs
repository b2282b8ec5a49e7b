use super::cursor::Cursor;
use super::logfmt::loose_pairs;
use super::{Fields, Moment};

/// The fields of a line that the `tracing` subscriber's text formats wrote, full or compact,
/// with or without time, thread and place:
///
/// `2026-11-26T02:03:04.5Z  WARN request{id=7}: app::auth: token refused reason=expired`
///
/// The fields of its spans are among them under their own names, the innermost last.
pub(super) fn line(text: &str) -> Option<Fields> {
    let mut cursor = Cursor::new(text.trim());
    let mut fields = Fields::default();
    let mut first = cursor;
    if let Some(time) = first.word().filter(|word| Moment::read(word).is_some()) {
        fields.push("time", time);
        cursor = first;
    }
    let level = cursor.word().filter(|word| LEVELS.contains(word))?;
    fields.push("level", level);
    let mut spans = 0_usize;
    while let Some(span) = span(&mut cursor, &mut fields) {
        fields.push("span", span);
        spans += 1;
    }
    cursor.skip_spaces();
    let target = target(&mut cursor);
    if spans == 0 && target.is_none() {
        // Any logger writes a level; spans and a target are tracing's.
        return None;
    }
    if let Some(target) = target {
        fields.push("target", target);
    }
    let (message, pairs) = loose_pairs(cursor.rest());
    if !message.is_empty() {
        fields.push("message", message);
    }
    fields.extend(pairs);
    Some(fields)
}

/// `name{a=1 b="x"}:`; leaves the cursor where it is when there is none.
fn span<'a>(cursor: &mut Cursor<'a>, fields: &mut Fields) -> Option<&'a str> {
    let mut ahead = *cursor;
    let name = ahead.take_some(|c| !matches!(c, '{' | '}' | '"' | '=' | ':'))?;
    let name = name.trim_start();
    if name.is_empty() || name.ends_with(' ') {
        return None;
    }
    ahead.skip("{")?;
    let inner = braced(&mut ahead)?;
    ahead.skip(":")?;
    let (_, pairs) = loose_pairs(inner);
    fields.extend(pairs);
    *cursor = ahead;
    Some(name)
}

/// What stands before the brace that closes, texts in quotes passed over.
fn braced<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let text = cursor.rest();
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted && depth == 0 => {
                let (inner, rest) = text.split_at_checked(at)?;
                *cursor = Cursor::new(rest.strip_prefix('}')?);
                return Some(inner);
            }
            '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `app::auth: `, in the compact format after the names of the spans: `request: app::auth: `.
fn target<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    let first = name_before_colon(&mut ahead)?;
    let mut further = ahead;
    match name_before_colon(&mut further) {
        Some(second) if second.contains("::") && !first.contains("::") => {
            *cursor = further;
            Some(second)
        }
        _ => {
            *cursor = ahead;
            Some(first)
        }
    }
}

fn name_before_colon<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    let name = ahead.until(": ")?;
    let is_name =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '/' | '<' | '>');
    let reads_well = !name.is_empty() && name.chars().all(is_name);
    reads_well.then(|| *cursor = ahead)?;
    Some(name)
}

const LEVELS: [&str; 5] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'f>(fields: &'f Fields, name: &str) -> &'f str {
        fields.value(name).unwrap_or("(none)")
    }

    #[test]
    fn the_full_format() {
        let fields = line(
            r#"2026-11-26T02:03:04.123456Z  WARN HTTP request{http.route=/a request_id="r-1" note="}"}:inner{x=1}: app::auth: token refused reason=expired status=401"#,
        )
        .unwrap();
        assert_eq!(value(&fields, "request_id"), "r-1");
        assert_eq!(value(&fields, "http.route"), "/a");
        assert_eq!(value(&fields, "x"), "1");
        assert_eq!(value(&fields, "target"), "app::auth");
        assert_eq!(value(&fields, "message"), "token refused");
        assert_eq!(value(&fields, "reason"), "expired");
        assert_eq!(value(&fields, "status"), "401");
    }

    #[test]
    fn the_compact_format() {
        let fields = line("2026-11-26T02:03:04Z  INFO request: app::auth: refused: bad status=401 request_id=\"r\"").unwrap();
        assert_eq!(value(&fields, "target"), "app::auth");
        assert_eq!(value(&fields, "message"), "refused: bad");
        assert_eq!(value(&fields, "request_id"), "r");
        let fields = line("INFO app: hello").unwrap();
        assert_eq!(
            (value(&fields, "target"), value(&fields, "message")),
            ("app", "hello")
        );
    }

    #[test]
    fn other_loggers_are_not_mistaken_for_it() {
        for text in [
            "",
            "INFO",
            "INFO a plain text",
            "2026-11-26T02:03:04Z hello: x",
            "WARN: x: y",
        ] {
            assert!(line(text).is_none(), "{text}");
        }
    }
}
