//! Lines that no honest writer writes.

use jwtrail_event::{EventName, MAX_LINE, Outcome, ReadError, Record, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::every_event;

fn line() -> String {
    let time = Timestamp::from_seconds(0);
    let record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
    let mut line = Vec::new();
    record.write_ndjson(&mut line);
    String::from_utf8(line).unwrap()
}

/// The good line with more members at its end.
fn line_with(members: &str) -> Vec<u8> {
    let good = line();
    let open = good.trim_end().strip_suffix('}').unwrap();
    format!("{open},{members}}}").into_bytes()
}

fn refused(line: &[u8]) -> ReadError {
    Record::read(line).unwrap_err()
}

#[test]
fn a_line_cut_anywhere_is_refused() {
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        line.pop();
        for end in 0..line.len() {
            assert!(
                Record::read(&line[..end]).is_err(),
                "{} at {end}",
                record.event
            );
        }
        assert!(Record::read(&line).is_ok());
    });
}

#[test]
fn unknown_fields_are_passed_over() {
    let later = r#""later_field":{"a":[1,2.5e3,null,true,"\u2028"],"b":{"time":0}},"another":"x""#;
    let line = line_with(later);
    let record = Record::read(&line).unwrap();
    assert_eq!(record.event, EventName::TokenRejected);
}

#[test]
fn a_field_given_twice_is_refused() {
    for members in [
        r#""seq":1"#,
        r#""outcome":"success""#,
        r#""token_sub":"a","token_sub":"b""#,
        r#""s\u0065q":1"#,
    ] {
        let error = refused(&line_with(members));
        assert!(
            error.to_string().contains("duplicate field"),
            "{members}: {error}"
        );
    }
}

#[test]
fn a_missing_field_is_named() {
    let error = refused(line().replace("\"seq\":0,", "").as_bytes());
    assert!(error.to_string().contains("missing field `seq`"), "{error}");
}

#[test]
fn null_is_the_same_as_absent() {
    let line = line_with(r#""status":null,"token_sub":null"#);
    let record = Record::read(&line).unwrap();
    assert_eq!((record.status, record.token_sub), (None, None));
}

#[test]
fn wrong_types_and_unknown_words_are_refused() {
    for members in [
        r#""status":"200""#,
        r#""status":70000"#,
        r#""status":-1"#,
        r#""token_sub":7"#,
        r#""token_aud":"orders""#,
        r#""reason":"because""#,
        r#""reason":"Expired""#,
        r#""steps":["parse"]"#,
        r#""steps":["parse:fine"]"#,
        r#""until":"tomorrow""#,
        r#""enforced":1"#,
        r#""counts":{}"#,
        r#""refresh_generation":1.5"#,
        r#""token_exp":1e400"#,
    ] {
        let error = refused(&line_with(members));
        assert!(matches!(error, ReadError::NotARecord { .. }), "{members}");
    }
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let twice = format!("{}{}", line().trim_end(), line().trim_end());
    for text in [
        "",
        "\n",
        "null",
        "[]",
        "\"time\"",
        "{",
        "{}",
        "token.rejected",
        &twice,
    ] {
        let error = refused(text.as_bytes());
        assert!(matches!(error, ReadError::NotARecord { .. }), "{text}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_wherever_they_stand() {
    for members in [
        b"\"token_sub\":\"\xff\"".as_slice(),
        b"\"later_field\":\"\xc3\x28\"",
        b"\"\xff\":1",
        b"\"token_sub\":\"\\ud800\"",
    ] {
        let mut text = line()
            .trim_end()
            .trim_end_matches('}')
            .to_owned()
            .into_bytes();
        text.push(b',');
        text.extend_from_slice(members);
        text.push(b'}');
        assert!(
            matches!(refused(&text), ReadError::NotARecord { .. }),
            "{members:?}"
        );
    }
}

#[test]
fn raw_control_characters_are_refused() {
    for members in [
        "\"token_sub\":\"a\nb\"",
        "\"token_sub\":\"a\u{1b}b\"",
        "\"token_sub\":\"a\0\"",
    ] {
        assert!(Record::read(&line_with(members)).is_err(), "{members:?}");
    }
}

#[test]
fn deep_nesting_is_refused_before_it_is_parsed() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [40, 10_000, 60_000 / open.len()] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let error = refused(&line_with(&format!("\"x\":{value}")));
            let too_long = matches!(error, ReadError::TooLong { .. });
            assert!(
                too_long || matches!(error, ReadError::TooDeep { limit: 32, .. }),
                "{depth}"
            );
        }
    }
    assert!(matches!(
        refused("[".repeat(MAX_LINE).as_bytes()),
        ReadError::TooDeep { .. }
    ));
    let shallow = format!("\"x\":{}1{}", "[".repeat(20), "]".repeat(20));
    assert!(Record::read(&line_with(&shallow)).is_ok());
    let quoted = format!("\"x\":\"{}\\\"{}\"", "[".repeat(100), "{".repeat(100));
    assert!(Record::read(&line_with(&quoted)).is_ok());
}

#[test]
fn a_line_that_is_too_long_is_refused() {
    let long = format!("\"x\":\"{}\"", "a".repeat(MAX_LINE));
    let limit = MAX_LINE;
    assert!(
        matches!(refused(&line_with(&long)), ReadError::TooLong { limit: l, .. } if l == limit)
    );
}

#[test]
fn the_end_of_a_line_is_no_part_of_it() {
    let bare = line().trim_end().to_owned();
    let record = Record::read(bare.as_bytes()).unwrap();
    assert_eq!(Record::read(line().as_bytes()).unwrap(), record);
    // As many bytes as may be, and one more.
    let filled = |more: usize| {
        let text = "a".repeat(MAX_LINE - bare.len() - ",\"x\":\"\"".len() + more);
        bare.replace("\"schema", &format!("\"x\":\"{text}\",\"schema"))
    };
    assert_eq!(filled(0).len(), MAX_LINE);
    for end in ["", "\n"] {
        let whole = filled(0) + end;
        assert_eq!(Record::read(whole.as_bytes()).unwrap(), record, "{end:?}");
        let error = refused((filled(1) + end).as_bytes());
        let length = MAX_LINE + 1;
        assert!(
            matches!(error, ReadError::TooLong { length: l, .. } if l == length),
            "{end:?}"
        );
    }
    for broken in ["", "\n", "{", "{\n"] {
        refused(broken.as_bytes());
    }
}

#[test]
fn another_version_and_another_kind_are_refused() {
    let error = refused(
        line()
            .replace("\"schema_version\":1", "\"schema_version\":2")
            .as_bytes(),
    );
    assert_eq!(
        error.to_string(),
        "schema_version 2, this reader knows 1 to 1"
    );
    let error = refused(
        line()
            .replace("\"schema_version\":1", "\"schema_version\":0")
            .as_bytes(),
    );
    assert!(matches!(error, ReadError::Version { found: 0, .. }));
    let error = refused(
        line()
            .replace("\"kind\":\"decision\"", "\"kind\":\"system\"")
            .as_bytes(),
    );
    assert_eq!(
        error.to_string(),
        "kind `system` on an event that is a `decision`"
    );
}

#[test]
fn foreign_values_are_capped_when_read() {
    let line = line_with(&format!("\"token_sub\":\"{}\"", "\u{e9}".repeat(10_000)));
    let record = Record::read(&line).unwrap();
    assert_eq!(record.token_sub.unwrap().as_str().len(), 256);
}

#[test]
fn an_error_shows_nothing_of_the_line() {
    let line =
        line_with(r#""token_sub":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln","status":"eyJhbGciOiJIUzI1NiJ9""#);
    let error = refused(&line);
    let text = format!("{error} {error:?}");
    assert!(!text.contains("e30.c2ln"), "{text}");
    assert!(!text.contains('\n'));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..2_000)) {
        if let Ok(record) = Record::read(&bytes) {
            prop_assert!(!record.violations().is_empty());
        }
    }

    #[test]
    fn a_good_line_with_changes_is_read_or_refused(
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = line().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..(at + 3).min(bytes.len() - 1).max(at))),
            }
        }
        if let Ok(record) = Record::read(&bytes) {
            let mut again = Vec::new();
            record.write_ndjson(&mut again);
            prop_assert_eq!(Record::read(&again), Ok(record));
        }
    }

    #[test]
    fn nothing_is_read_that_another_parser_does_not_call_json(
        text in r#"[\[\]{}",:\\0-9a-z\-.eE+ ]{0,200}"#,
    ) {
        let line = line_with(&["\"x\":", &text].concat());
        let json = serde_json::from_slice::<serde_json::Value>(&line).is_ok();
        prop_assert!(json || Record::read(&line).is_err());
        prop_assert!(Record::read(text.as_bytes()).is_err());
    }
}
