//! What a record becomes in other schemas: nothing of it is lost, and nothing is made up.

mod back;
mod ecs;
mod ocsf;

use jwtrail_event::{Format, Record};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use crate::every_event;
use crate::round_trip::{TEXTS, hostile_bytes, record, texts_of};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_lost_or_made_up(
        texts in vec(hostile_bytes(), TEXTS),
        audiences in vec(hostile_bytes(), 0..4),
        numbers in any::<[i64; 12]>(),
        picks in any::<[usize; 12]>(),
        absent in vec(any::<bool>(), jwtrail_event::FIELD_NAMES.len()),
        addresses in vec(select(vec!["192.0.2.7", "2001:db8::1", "not one"]), 2),
        method in select(vec!["GET", "PATCH", "BREW"]),
    ) {
        let mut full = record(&numbers, &picks);
        for (slot, bytes) in texts_of(&mut full).into_iter().zip(&texts) {
            *slot = jwtrail_event::Text::from_bytes(bytes);
        }
        full.token_aud = Some(
            audiences.iter().map(|bytes| jwtrail_event::Text::from_bytes(bytes)).collect(),
        );
        full.client_ip = Some(addresses[0].into());
        full.peer_ip = Some(addresses[1].into());
        full.method = Some(method.into());
        let mut source = line(Format::Jwtrail, &full);
        for (name, absent) in jwtrail_event::FIELD_NAMES.iter().zip(absent).skip(REQUIRED) {
            if absent {
                source.remove(*name);
            }
        }
        let source = Value::Object(source).to_string();
        assert_whole(&Record::read(source.as_bytes()).unwrap());
    }
}

#[test]
fn every_event_comes_back() {
    every_event::each(assert_whole);
}

#[test]
fn a_name_is_a_format() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(*format));
    }
}

#[test]
fn long_values_are_capped_as_on_our_own_line() {
    let long = "a".repeat(10_000);
    let mut full = record(&[0; 12], &[0; 12]);
    full.user_agent = Some(long.as_str().into());
    assert_whole(&full);
    let mut out = Vec::new();
    Format::Ecs.write(&full, &mut out);
    assert!(out.len() < 5_000);
}

#[test]
fn what_a_rendered_token_says_is_there() {
    use crate::every_event::facts::{answer, claims, header, request};
    use jwtrail_event::events::{AcceptedToken, Event as _, TokenAccepted};
    let token = jwtrail_event::RenderedToken::new(&header(), &claims());
    let event = TokenAccepted {
        request: &request(),
        answer: answer(200),
        token: AcceptedToken::Rendered(&token),
        authorization: None,
    };
    let record = event.record(jwtrail_event::Timestamp::from_seconds(0));
    assert_eq!(line(Format::Ocsf, &record)["user"]["uid"], "alice");
    assert_eq!(line(Format::Ecs, &record)["user"]["id"], "alice");
}

/// One of every event, for the readers that others wrote.
#[test]
fn the_sample_is_up_to_date() {
    let mut events = Vec::new();
    every_event::each(|record| record.write_ndjson(&mut events));
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/samples/events.ndjson"
    );
    if std::env::var_os("JWTRAIL_WRITE_SAMPLES").is_some() {
        std::fs::write(path, &events).unwrap();
    }
    let sample = std::fs::read(path).unwrap_or_default();
    assert!(
        sample == events,
        "tests/it/samples/events.ndjson is not one of every event; run `cargo xtask generate`"
    );
}

/// Renders the record in every format and puts it together again.
fn assert_whole(record: &Record<'_>) {
    let source = line(Format::Jwtrail, record);
    assert_eq!(ocsf::back(line(Format::Ocsf, record)), source);
    assert_eq!(ecs::back(line(Format::Ecs, record)), source);
}

fn line(format: Format, record: &Record<'_>) -> Map<String, Value> {
    let mut out = b"kept".to_vec();
    format.write(record, &mut out);
    let text = std::str::from_utf8(&out).unwrap();
    let text = text.strip_prefix("kept").unwrap();
    assert_eq!(text.find('\n'), Some(text.len() - 1), "{text}");
    assert!(!text.trim_end().contains(char::is_control));
    let Value::Object(object) = serde_json::from_str(text).unwrap() else {
        panic!("not an object: {text}");
    };
    let names = text.matches("\":").count();
    assert!(names >= back::names(&object), "a name stands twice: {text}");
    object
}

/// The fields that each record has come first.
const REQUIRED: usize = 16;
