use std::net::{IpAddr, SocketAddr};

use super::Fields;
use super::cursor::Cursor;

/// The fields of a line of an access log: the common and the combined log format, and those of
/// Envoy, gunicorn, uvicorn, werkzeug and morgan.
///
/// All of them have a request line and a status after it; the rest is recognized by its form.
pub(super) fn line(text: &str) -> Option<Fields> {
    quoted_request(text).or_else(|| bare_request(text))
}

/// `10.0.0.1 - - [time] "GET /a HTTP/1.1" 401 12 "-" "curl"` and the like.
fn quoted_request(text: &str) -> Option<Fields> {
    let (before, request, after) = text.match_indices('"').find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let mut cursor = Cursor::new(rest);
        let request = Request::read(&cursor.quoted()?)?;
        Some((before, request, cursor.rest()))
    })?;
    let mut after = Cursor::new(after);
    after.skip_spaces();
    let status = after.word().filter(|word| is_status(word))?;
    let mut fields = Fields::default();
    let by_envoy = before.trim_start().starts_with('[');
    leading(before, &mut fields);
    request.write(&mut fields);
    fields.push("status", status);
    let mut names = if by_envoy { ENVOY } else { COMBINED }.iter();
    let mut words = 0_usize;
    while !after.is_at_end() {
        if let Some(quoted) = after.quoted() {
            after.skip_spaces();
            match names.next() {
                Some(name) => fields.push(*name, quoted),
                None => fields.push(format!("extra.{words}"), quoted),
            }
        } else {
            let word = after.word()?;
            fields.push(
                if words == 0 && !by_envoy {
                    "bytes".to_owned()
                } else {
                    format!("word.{words}")
                },
                word,
            );
        }
        words += 1;
    }
    Some(fields)
}

/// What stands before the request: an address, a user, a time in brackets.
fn leading(text: &str, fields: &mut Fields) {
    let (text, time) = match text.split_once('[') {
        Some((before, rest)) => match rest.split_once(']') {
            Some((time, _)) => (before, Some(time)),
            None => (text, None),
        },
        None => (text, None),
    };
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| *word != "-")
        .collect();
    for word in words {
        if fields.value("address").is_none()
            && let Some(address) = address(word)
        {
            fields.push("address", address);
        } else if is_level(word.trim_end_matches(':')) {
            fields.push("level", word.trim_end_matches(':'));
        } else {
            fields.push("user", word);
        }
    }
    if let Some(time) = time {
        fields.push("time", time);
    }
}

/// Morgan's `GET /a 401 2.3 ms - 12` (tiny, dev) and `::1 - GET /a HTTP/1.1 401 12 - 2.3 ms`.
fn bare_request(text: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let mut cursor = Cursor::new(text.trim());
    let mut word = cursor.word()?;
    if let Some(address) = address(word) {
        fields.push("address", address);
        word = cursor.word()?;
        if !is_method(word) {
            if word != "-" {
                fields.push("user", word);
            }
            word = cursor.word()?;
        }
    }
    if !is_method(word) {
        return None;
    }
    let target = cursor.word().filter(|word| word.starts_with(['/', '*']))?;
    let mut status = cursor.word()?;
    if status.starts_with("HTTP/") {
        status = cursor.word()?;
    }
    if !is_status(status) {
        return None;
    }
    let request = Request {
        method: word.to_owned(),
        target: target.to_owned(),
    };
    request.write(&mut fields);
    fields.push("status", status);
    Some(fields)
}

struct Request {
    method: String,
    target: String,
}

impl Request {
    /// `GET /orders HTTP/1.1`.
    fn read(text: &str) -> Option<Self> {
        let (method, rest) = text.split_once(' ')?;
        let (target, protocol) = rest.rsplit_once(' ')?;
        let reads_well = is_method(method) && protocol.starts_with("HTTP/");
        reads_well.then(|| Self {
            method: method.to_owned(),
            target: target.to_owned(),
        })
    }

    fn write(&self, fields: &mut Fields) {
        fields.push("method", self.method.as_str());
        fields.push("target", self.target.as_str());
        let path = self.target.split(['?', '#']).next().unwrap_or_default();
        fields.push("path", path);
    }
}

/// The address that a word is, with or without a port.
fn address(word: &str) -> Option<String> {
    let alone = word.parse::<IpAddr>().ok();
    let address = alone.or_else(|| word.parse::<SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(address.to_string())
}

fn is_method(word: &str) -> bool {
    (3..=16).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_status(word: &str) -> bool {
    word.len() == 3 && matches!(word.parse(), Ok(100..=599_u16))
}

fn is_level(word: &str) -> bool {
    matches!(
        word,
        "TRACE" | "DEBUG" | "INFO" | "WARN" | "WARNING" | "ERROR" | "CRITICAL"
    )
}

/// The quoted texts after the status in the combined log format.
const COMBINED: &[&str] = &["referer", "user_agent"];
/// Those in Envoy's default format.
const ENVOY: &[&str] = &[
    "forwarded_for",
    "user_agent",
    "request_id",
    "authority",
    "upstream",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, names: &[&str]) -> Vec<String> {
        let fields = line(text).unwrap();
        let value = |name: &&str| fields.value(name).unwrap_or("(none)").to_owned();
        names.iter().map(value).collect()
    }

    #[test]
    fn combined() {
        let text = r#"127.0.0.1 - bob [10/Oct/2026:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 401 12 "-" "curl \"8\"""#;
        let names = [
            "address",
            "user",
            "time",
            "method",
            "path",
            "target",
            "status",
            "bytes",
            "user_agent",
        ];
        assert_eq!(
            read(text, &names),
            [
                "127.0.0.1",
                "bob",
                "10/Oct/2026:13:55:36 -0700",
                "GET",
                "/a",
                "/a?b=c",
                "401",
                "12",
                "curl \"8\"",
            ]
        );
    }

    #[test]
    fn envoy() {
        let text = r#"[2026-04-15T20:17:00.310Z] "POST /api HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b" "locations" "tcp://10.0.2.1:80""#;
        let names = [
            "time",
            "method",
            "path",
            "status",
            "forwarded_for",
            "user_agent",
            "request_id",
        ];
        assert_eq!(
            read(text, &names),
            [
                "2026-04-15T20:17:00.310Z",
                "POST",
                "/api",
                "204",
                "10.0.35.28",
                "nsq2http",
                "cc21d9b0-cf5c-432b",
            ]
        );
    }

    #[test]
    fn uvicorn_werkzeug_and_morgan() {
        let names = ["address", "method", "path", "status"];
        for text in [
            r#"INFO:     127.0.0.1:54321 - "GET /a?x=1 HTTP/1.1" 401 Unauthorized"#,
            r#"127.0.0.1 - - [24/Nov/2026 10:00:00] "GET /a HTTP/1.1" 401 -"#,
            "127.0.0.1 - GET /a HTTP/1.1 401 12 - 0.4 ms",
        ] {
            assert_eq!(
                read(text, &names),
                ["127.0.0.1", "GET", "/a", "401"],
                "{text}"
            );
        }
        assert_eq!(
            read("GET /a 401 2.345 ms - 23", &names),
            ["(none)", "GET", "/a", "401"]
        );
    }

    #[test]
    fn prose_is_no_access_log() {
        for text in [
            "",
            "GET",
            "GET /a",
            "GET /a later",
            "he said \"GET /a HTTP/1.1\"",
            "a \"b\" 200",
        ] {
            assert!(line(text).is_none(), "{text}");
        }
    }
}
