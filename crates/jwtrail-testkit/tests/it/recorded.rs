use std::time::Duration;

use jwtrail_event::{EventName, Outcome, Reason, Record, Text, Timestamp};
use jwtrail_testkit::{CapturedLines, Defect, RecordPattern};

fn line(event: EventName, change: impl FnOnce(&mut Record<'_>)) -> Vec<u8> {
    let now = Timestamp::from_seconds(1_800_000_000);
    let mut record = Record::new(event, Outcome::Failure, now);
    record.correlation_id = Text::from("request-1");
    change(&mut record);
    let mut line = Vec::new();
    record.write_ndjson(&mut line);
    line
}

fn rejected(reason: Reason) -> Vec<u8> {
    line(EventName::TokenRejected, |record| {
        record.reason = Some(reason);
        record.token_sub = Some(Text::from("alice"));
        record.route = Some(Text::from("/orders"));
        record.status = Some(401);
    })
}

#[test]
fn a_record_is_found_by_what_it_says() {
    let captured = CapturedLines::new();
    captured.append(&line(EventName::TokenMissing, |_| {}));
    captured.append(&rejected(Reason::Expired));
    let expired = || RecordPattern::of(EventName::TokenRejected).because_of(Defect::Expired);
    let found = captured.assert_recorded(&expired());
    assert_eq!(found.line(), rejected(Reason::Expired));
    for same in [
        RecordPattern::any().subject("alice"),
        expired().correlation_id("request-1"),
        expired().route("/orders").status(401),
    ] {
        assert_eq!(captured.assert_recorded(&same), found, "{same}");
    }
    for other in [
        expired().subject("bob"),
        expired().reason(Reason::BadAudience),
        expired().correlation_id("request-2"),
        expired().claimed_subject("alice"),
        expired().token_id("1"),
        expired().status(200),
        expired().route("/"),
    ] {
        captured.assert_not_recorded(&other);
    }
    let first = captured.assert_recorded(&RecordPattern::any());
    assert_eq!(first.read().event, EventName::TokenMissing);
    assert_eq!(captured.records(), [first, found]);
}

#[test]
fn a_record_is_waited_for() {
    let captured = CapturedLines::new();
    let writer = captured.clone();
    let thread = std::thread::spawn(move || {
        let line = rejected(Reason::Expired);
        let (start, end) = line.split_at(20);
        writer.append(start);
        writer.append(end);
    });
    let pattern = RecordPattern::any().reason(Reason::Expired);
    captured.assert_recorded(&pattern);
    thread.join().unwrap();
}

#[test]
fn what_did_not_come_is_told_beside_what_did() {
    let captured = CapturedLines::new();
    captured.append(&rejected(Reason::BadSignature));
    captured.append(b"GET /orders 401\n{\"cut");
    let pattern = RecordPattern::of(EventName::TokenRejected).reason(Reason::Expired);
    let missing = captured.wait_for_record(&pattern.subject("bob"), Duration::ZERO);
    assert_eq!(
        missing.unwrap_err().to_string(),
        "no record of event `token.rejected`, reason `expired`, subject `bob` came within 0ns; \
         there was 1 record:\n\
         - event `token.rejected`, reason `bad_signature`, subject `alice`, \
         correlation id `request-1`, route `/orders`, status `401` \
         (not as expected: reason and subject)\n\
         - and 1 line that is no record"
    );
}

#[test]
fn a_failure_shows_no_token_and_no_control_character() {
    let captured = CapturedLines::new();
    let forge = jwtrail_testkit::Forge::new(Timestamp::from_seconds(1_800_000_000));
    let token = forge.token().sign();
    captured.append(&line(EventName::LoginFailed, |record| {
        record.claimed_sub = Some(Text::from(token.expose()).into_owned());
        record.correlation_id = Text::from("a\u{1b}[2J");
    }));
    let pattern = RecordPattern::any().token_id("1");
    let missing = captured.wait_for_record(&pattern, Duration::ZERO);
    let text = missing.unwrap_err().to_string();
    assert!(
        text.contains("claimed subject that looks like a token"),
        "{text}"
    );
    assert!(!text.contains("eyJ") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(jwtrail_testkit::find_leaks(text.as_bytes(), &[token]), []);
}

#[test]
fn the_last_of_many_records_are_told() {
    let captured = CapturedLines::new();
    for _ in 0..25 {
        captured.append(&rejected(Reason::Expired));
    }
    let missing = captured.wait_for_record(&RecordPattern::any().status(200), Duration::ZERO);
    let text = missing.unwrap_err().to_string();
    assert!(text.contains("there were 25 records:\n- 5 earlier ones\n- event"));
    assert_eq!(text.lines().count(), 22);
}
