use jwtrail_event::Record;

use super::entry::{MAX_TEXT, cap};
use super::{Entry, Fields, access, ansi, flatten, logfmt, otlp, syslog, tracing_text};

/// How a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// This project's audit schema.
    Audit,
    /// OTLP, in JSON or protobuf.
    Otlp,
    /// journald's export in JSON.
    Journald,
    /// Any other JSON object.
    Json,
    /// `name=value` pairs.
    Logfmt,
    /// The text formats of Rust's `tracing` subscriber.
    Tracing,
    /// An access log.
    Access,
    /// Syslog around a message of no known form.
    Syslog,
    /// Anything else.
    Text,
}

impl LogFormat {
    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "jwtrail audit events",
            Self::Otlp => "OTLP",
            Self::Journald => "journald JSON",
            Self::Json => "JSON",
            Self::Logfmt => "logfmt",
            Self::Tracing => "tracing text",
            Self::Access => "access log",
            Self::Syslog => "syslog",
            Self::Text => "free text",
        }
    }
}

/// The records of one line of a log, in whatever format it is. A line is one record, but for
/// an OTLP export, which has as many as it has.
///
/// What wraps a line (syslog, journald, container runtimes, Docker Compose's prefix, a message
/// that is JSON itself) is taken off; what it says stays among the fields.
///
/// ```
/// use jwtrail_scan::logs::{LogFormat, parse_line};
/// let line = br#"127.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /orders HTTP/1.1" 401 12"#;
/// let entries = parse_line(line);
/// assert_eq!(entries[0].format, LogFormat::Access);
/// assert_eq!(entries[0].fields.value("status"), Some("401"));
/// ```
#[must_use]
pub fn parse_line(line: &[u8]) -> Vec<Entry> {
    let text = String::from_utf8_lossy(line);
    let control = text.chars().any(|c| c.is_control() && c != '\t');
    let plain = ansi::stripped(&text);
    let mut entries = of_text(plain.trim(), 0);
    let mut kept = text.into_owned();
    cap(&mut kept, MAX_TEXT);
    for entry in &mut entries {
        entry.text.clone_from(&kept);
        entry.control = control;
    }
    entries
}

fn of_text(text: &str, depth: usize) -> Vec<Entry> {
    if text.is_empty() {
        return Vec::new();
    }
    if text.starts_with('{')
        && let Some(entries) = of_json(text, depth)
    {
        return entries;
    }
    let one = |format, fields| vec![Entry::new(format, fields)];
    if let Some(fields) = access::line(text) {
        return one(LogFormat::Access, fields);
    }
    if let Some(fields) = tracing_text::line(text) {
        return one(LogFormat::Tracing, fields);
    }
    if let Some(fields) = logfmt::line(text) {
        return one(LogFormat::Logfmt, fields);
    }
    if depth < MAX_WRAPPERS
        && let Some((outer, message)) = wrapped(text)
    {
        return merged(outer, of_text(message.trim(), depth + 1));
    }
    let mut fields = Fields::default();
    fields.push("message", text);
    one(LogFormat::Text, fields)
}

fn of_json(text: &str, depth: usize) -> Option<Vec<Entry>> {
    let fields = flatten::object(text)?;
    if Record::read(text.as_bytes()).is_ok() {
        return Some(vec![Entry::new(LogFormat::Audit, fields)]);
    }
    if text.contains("\"resourceLogs\"")
        && let Ok(entries) = otlp::parse_otlp_json(text.as_bytes())
    {
        return Some(entries);
    }
    let journald = fields.value("MESSAGE").is_some();
    let message = WRAPPING_MEMBERS.iter().find_map(|name| fields.value(name));
    // A member that holds a structured line is worth reading; prose is not.
    let inner = message
        .filter(|_| depth < MAX_WRAPPERS)
        .map(|message| of_text(ansi::stripped(message).trim(), depth + 1))
        .filter(|inner| inner.iter().any(|entry| entry.format != LogFormat::Text));
    let format = if journald {
        LogFormat::Journald
    } else {
        LogFormat::Json
    };
    Some(match inner {
        Some(inner) => merged(fields, inner),
        None => vec![Entry::new(format, fields)],
    })
}

/// The header and the message of a line that something else was wrapped around.
fn wrapped(text: &str) -> Option<(Fields, &str)> {
    if let Some(parts) = syslog::line(text) {
        return Some(parts);
    }
    let mut outer = Fields::default();
    // Container runtimes: `2026-01-02T03:04:05.1Z stdout F message`.
    let mut words = text.splitn(4, ' ');
    if let (Some(time), Some(stream @ ("stdout" | "stderr")), Some("F" | "P"), Some(message)) =
        (words.next(), words.next(), words.next(), words.next())
    {
        outer.push("container.time", time);
        outer.push("container.stream", stream);
        return Some((outer, message));
    }
    // Docker Compose: `api-1  | message`.
    if let Some((name, message)) = text.split_once('|') {
        let name = name.trim_end();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !name.is_empty() && name.len() <= 64 && name.chars().all(is_name) {
            outer.push("container.name", name);
            return Some((outer, message));
        }
    }
    // Anything before an object that closes the line, as many loggers write it.
    let at = text.find('{')?;
    let (before, object) = text.split_at_checked(at)?;
    flatten::object(object)?;
    outer.push("prefix", before.trim());
    Some((outer, object))
}

/// The inner records with the outer fields behind their own.
fn merged(outer: Fields, inner: Vec<Entry>) -> Vec<Entry> {
    let from_syslog = outer.iter().any(|(name, _)| name.starts_with("syslog."));
    if inner.is_empty() {
        return vec![Entry::new(LogFormat::Syslog, outer)];
    }
    let add = |mut entry: Entry| {
        if from_syslog && entry.format == LogFormat::Text {
            entry.format = LogFormat::Syslog;
        }
        for (name, value) in outer.iter() {
            let taken = entry.fields.value(name).is_some();
            let name = if taken {
                format!("outer.{name}")
            } else {
                name.to_owned()
            };
            entry.fields.push(name, value);
        }
        entry
    };
    inner.into_iter().map(add).collect()
}

/// How many layers are taken off a line.
const MAX_WRAPPERS: usize = 3;
/// The members in which log shippers carry the line that they took.
const WRAPPING_MEMBERS: [&str; 4] = ["log", "MESSAGE", "message", "msg"];

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn one(line: &str) -> Entry {
        let mut entries = parse_line(line.as_bytes());
        assert_eq!(entries.len(), 1, "{line}");
        entries.remove(0)
    }

    fn audit_line() -> String {
        let record = Record::new(
            EventName::TokenAccepted,
            Outcome::Success,
            Timestamp::default(),
        );
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn each_format_is_recognized() {
        for (line, format) in [
            (audit_line().as_str(), LogFormat::Audit),
            (r#"{"level":30,"req":{"id":"a"}}"#, LogFormat::Json),
            (r#"{"MESSAGE":"bad token","_PID":"7"}"#, LogFormat::Journald),
            (
                r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#,
                LogFormat::Otlp,
            ),
            ("level=warn msg=refused status=401", LogFormat::Logfmt),
            (
                "2026-11-26T02:03:04Z  WARN app::auth: refused",
                LogFormat::Tracing,
            ),
            (
                r#"INFO:  127.0.0.1:5 - "GET / HTTP/1.1" 401 Unauthorized"#,
                LogFormat::Access,
            ),
            (
                "<34>Oct 11 22:14:15 host app[1]: bad token",
                LogFormat::Syslog,
            ),
            ("JsonWebTokenError: invalid signature", LogFormat::Text),
        ] {
            assert_eq!(one(line).format, format, "{line}");
        }
        assert!(parse_line(b" \t ").is_empty());
    }

    #[test]
    fn wrappers_are_taken_off() {
        let inner = audit_line().trim().to_owned();
        let quoted = serde_json::to_string(&inner).unwrap();
        for line in [
            format!("<14>1 2026-11-26T02:03:04Z host app 1 - - {inner}"),
            format!("2026-11-26T02:03:04.1Z stdout F {inner}"),
            format!("orders-1  | {inner}"),
            format!("\u{1b}[36morders-1  |\u{1b}[0m {inner}"),
            format!("INFO [main] audit - {inner}"),
            format!(r#"{{"log":{quoted},"stream":"stdout"}}"#),
            format!(r#"{{"MESSAGE":{quoted},"_PID":"7"}}"#),
            format!("orders-1  | <14>1 - h a 1 - - {inner}"),
        ] {
            let entry = one(&line);
            assert_eq!(entry.format, LogFormat::Audit, "{line}");
            assert_eq!(
                entry.fields.value("event"),
                Some("token.accepted"),
                "{line}"
            );
        }
        assert_eq!(
            one("web-1 | hello").fields.value("container.name"),
            Some("web-1")
        );
    }

    #[test]
    fn control_characters_are_reported() {
        assert!(one("a \u{1b}[31mred").control);
        assert!(one("a \r b").control);
        assert!(!one("a\tb").control);
    }

    proptest! {
        #[test]
        fn any_bytes_give_bounded_records(line in prop::collection::vec(any::<u8>(), 0..400)) {
            for entry in parse_line(&line) {
                prop_assert!(entry.fields.len() <= super::super::entry::MAX_FIELDS);
                prop_assert!(!entry.fields.is_empty());
            }
        }

        #[test]
        fn near_misses_do_not_panic(
            line in r#"(<1>1 |[{]"a":|[A-Z]{3} /|\[|a=|"GET / HTTP/1|INFO a\{|é|\\u|"| |: |\}){0,12}"#,
        ) {
            drop(parse_line(line.as_bytes()));
        }

        #[test]
        fn any_object_keeps_its_scalars(
            members in prop::collection::btree_map("[a-z]{1,8}", "[ -~]{0,20}", 1..8),
        ) {
            let line = serde_json::to_string(&members).unwrap();
            let entry = one(&line);
            for (name, value) in &members {
                prop_assert!(entry.fields.iter().any(|(n, v)| n == name && v == value));
            }
        }
    }
}
