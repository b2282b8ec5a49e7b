use jwtrail_event::events::{
    Answer, Claimed, Correlation, Event as _, Evidence, Request, TokenHeader, TokenRejected,
};
use jwtrail_event::{
    CacheUse, CorrelationSource, EventId, Exit, Hop, Origin, Reason, Record, SecretToken, SpanId,
    Step, Steps, Text, Timestamp, TraceId,
};
use jwtrail_forge::Forge;
use jwtrail_testkit::{AuditCompliance, Breach, LeakForm, assert_audit_compliance};

/// One record on its line, changed before it is written.
fn line(seq: u64, correlation_id: &str, change: impl FnOnce(&mut Record<'_>)) -> Vec<u8> {
    let request = Request {
        correlation: Correlation {
            id: Text::from(correlation_id),
            source: CorrelationSource::Generated,
            trace_id: TraceId::from_bits(1),
            span_id: SpanId::from_bits(2),
            linked_trace_id: None,
        },
        client_ip: [192, 0, 2, 1].into(),
        peer_ip: [192, 0, 2, 1].into(),
        hop: Hop::Edge,
        user_agent: None,
        origin: None,
        method: Text::from("GET"),
        route: Text::from("/orders"),
    };
    let mut steps = Steps::default();
    steps.failed(Step::Parse, Reason::MalformedToken);
    let event = TokenRejected {
        request: &request,
        answer: Answer {
            steps,
            status: Some(401),
            exit: Exit::Responded,
            enforced: true,
            duration_us: 10,
            cache: CacheUse::None,
        },
        evidence: Evidence::Unverified {
            header: TokenHeader::default(),
            claimed: Claimed::default(),
        },
        reason: Reason::MalformedToken,
    };
    let origin = Origin {
        service: "orders".to_owned(),
        service_version: "1".to_owned(),
        instance: "a".to_owned(),
        boot_id: "boot".to_owned(),
    };
    let mut record = event.record(Timestamp::from_seconds(1_800_000_000));
    let id: EventId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    record.stamp(&origin, id, seq);
    change(&mut record);
    let mut text = Vec::new();
    record.write_ndjson(&mut text);
    text
}

fn breaches(events: &[u8], decisions: usize) -> Vec<Breach> {
    let checked = AuditCompliance::of(events).decisions(decisions).check();
    checked.unwrap_err()
}

#[test]
fn a_good_trail_complies() {
    let events = [line(0, "a", |_| {}), line(1, "b", |_| {})].concat();
    let records = assert_audit_compliance(&events, &[], 2);
    assert_eq!(records[1].correlation_id, "b");
}

#[test]
fn nothing_written_complies_with_nothing_expected() {
    assert_eq!(assert_audit_compliance(b"", &[], 0), []);
    assert_eq!(
        breaches(b"", 1),
        [Breach::Decisions {
            expected: 1,
            found: 0
        }]
    );
}

#[test]
fn a_gap_and_a_number_given_twice_are_named() {
    let events = [line(0, "a", |_| {}), line(2, "b", |_| {})].concat();
    let gap = |missing| Breach::Gap {
        boot_id: "boot".to_owned(),
        missing,
    };
    assert_eq!(breaches(&events, 2), [gap(1)]);
    assert_eq!(breaches(&line(1, "a", |_| {}), 1), [gap(0)]);
    let events = [line(0, "a", |_| {}), line(0, "b", |_| {})].concat();
    let twice = Breach::NumberTwice {
        boot_id: "boot".to_owned(),
        seq: 0,
    };
    assert_eq!(breaches(&events, 2), [twice]);
}

#[test]
fn records_may_come_in_any_order() {
    let events = [line(1, "a", |_| {}), line(0, "b", |_| {})].concat();
    assert_eq!(assert_audit_compliance(&events, &[], 2).len(), 2);
}

#[test]
fn two_decisions_for_one_request_are_named() {
    let events = [line(0, "a", |_| {}), line(1, "a", |_| {})].concat();
    let twice = Breach::DecidedTwice {
        correlation_id: "a".to_owned(),
    };
    assert_eq!(breaches(&events, 2), [twice]);
}

#[test]
fn a_caller_may_ask_twice_under_one_id() {
    let again = |record: &mut Record<'_>| record.span_id = SpanId::from_bits(3);
    let events = [line(0, "a", |_| {}), line(1, "a", again)].concat();
    assert_eq!(assert_audit_compliance(&events, &[], 2).len(), 2);
}

#[test]
fn a_broken_rule_of_the_schema_is_named() {
    let events = line(0, "a", |record| record.reason = None);
    let found = breaches(&events, 1);
    assert_eq!(found[0].to_string(), "line 1: `reason` is missing");
}

#[test]
fn a_line_that_is_no_record_is_named() {
    let events = [line(0, "a", |_| {}), b"debug: hello\n".to_vec()].concat();
    assert!(matches!(
        breaches(&events, 1)[..],
        [Breach::NotARecord { line: 2, .. }]
    ));
    let mut cut = line(0, "a", |_| {});
    cut.pop();
    assert_eq!(breaches(&cut, 1), [Breach::CutShort]);
    let empty = [line(0, "a", |_| {}), b"\n".to_vec()].concat();
    assert!(matches!(
        breaches(&empty, 1)[..],
        [Breach::NotARecord { line: 2, .. }]
    ));
}

#[test]
fn a_raw_separator_is_named() {
    let text = String::from_utf8(line(0, "a", |_| {})).unwrap();
    let events = text.replace("\"/orders\"", "\"/or\u{2028}ders\"");
    assert_eq!(
        breaches(events.as_bytes(), 1),
        [Breach::RawControl { line: 1 }]
    );
}

#[test]
fn a_token_is_found_in_events_and_elsewhere() {
    let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
    let sent = [forge.token().sign(), forge.token().sign()];
    let signature = sent[1].expose().rsplit('.').next().unwrap();
    let events = line(0, "a", |record| {
        record.user_agent = Some(Text::from(signature).into_owned());
    });
    let forms = |compliance: AuditCompliance<'_>| -> Vec<(usize, LeakForm)> {
        let breaches = compliance.tokens_sent(&sent).check().unwrap_err();
        let leaks = breaches.into_iter().map(|breach| match breach {
            Breach::Leaked(leak) => (leak.token, leak.form),
            other => panic!("{other}"),
        });
        leaks.collect()
    };
    assert_eq!(forms(AuditCompliance::of(&events)), [(1, LeakForm::Plain)]);
    let log = format!("GET /?access_token={}", sent[0].expose());
    assert_eq!(
        forms(AuditCompliance::of(b"").also_written(log.as_bytes())),
        [(0, LeakForm::Plain)]
    );
}

#[test]
fn a_breach_never_repeats_the_token() {
    let token = SecretToken::new("forge-secret-token-that-is-opaque".to_owned());
    let log = format!("token={}", token.expose());
    let sent = [token];
    let compliance = AuditCompliance::of(b"").also_written(log.as_bytes());
    let found = compliance.tokens_sent(&sent).check().unwrap_err();
    let text = format!("{found:?} {}", found[0]);
    assert!(!text.contains("opaque"), "{text}");
}
