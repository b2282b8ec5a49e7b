use std::collections::BTreeSet;

use jwtrail_event::events::{AcceptedToken, Event as _, TokenAccepted};
use jwtrail_event::{
    Authz, CorrelationSource, EventId, EventName, FIELD_NAMES, Kind, Origin, Outcome, Record,
    RenderedToken, Text, Timestamp, Trust, Violation, Writer,
};

use crate::every_event;
use crate::every_event::facts::{answer, authorization, claims, header, request};

#[test]
fn every_event_follows_the_schema_once_stamped() {
    let mut seen = BTreeSet::new();
    every_event::each(|record| {
        assert_eq!(record.violations(), [], "{}", record.event);
        assert_eq!(record.kind, record.event.kind());
        seen.insert(record.event);
    });
    assert_eq!(seen, EventName::ALL.iter().copied().collect());
}

#[test]
fn every_event_reads_back_as_it_was_written() {
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        assert_eq!(Record::read(&line).as_ref(), Ok(record));
    });
}

#[test]
fn every_field_is_written_under_its_name_and_in_some_event() {
    // The monitor adds these.
    let mut written: BTreeSet<String> = ["producer", "received_at", "position"]
        .map(str::to_owned)
        .into();
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        written.extend(value.as_object().unwrap().keys().cloned());
    });
    let known: BTreeSet<String> = FIELD_NAMES.iter().copied().map(field_name).collect();
    assert_eq!(written, known);
}

/// `final` is a word of Rust's and stands raw in the list.
fn field_name(name: &str) -> String {
    name.trim_start_matches("r#").to_owned()
}

#[test]
fn an_unverified_tokens_words_are_claims_only() {
    every_event::each(|record| {
        let trusted = record.token_jti.is_some() || record.token_sub.is_some();
        if record.trust == Trust::None {
            assert!(!trusted, "{}", record.event);
        } else {
            assert!(record.claimed_sub.is_none(), "{}", record.event);
        }
    });
}

#[test]
fn an_unstamped_record_is_in_breach() {
    let time = Timestamp::from_seconds(0);
    let record = Record::new(EventName::QuarantineExpired, Outcome::Success, time);
    let missing = |field| Violation::Missing(field);
    assert_eq!(
        record.violations(),
        [
            missing("service"),
            missing("service_version"),
            missing("instance"),
            missing("boot_id"),
            missing("correlation_id"),
            missing("event_id"),
            missing("target"),
        ]
    );
}

#[test]
fn each_rule_of_the_schema_is_checked() {
    type Change = fn(&mut Record<'_>);
    let cases: [(EventName, Change, Violation); 17] = [
        (
            EventName::TokenRejected,
            |r| r.reason = None,
            Violation::Missing("reason"),
        ),
        (
            EventName::TokenAccepted,
            |r| r.reason = Some(jwtrail_event::Reason::Expired),
            Violation::Misplaced("reason"),
        ),
        (
            EventName::TokenAccepted,
            |r| r.steps = None,
            Violation::Missing("steps"),
        ),
        (
            EventName::TokenAccepted,
            |r| r.status = None,
            Violation::Missing("status"),
        ),
        (
            EventName::TokenAccepted,
            |r| r.exit = Some(jwtrail_event::Exit::Panicked),
            Violation::Misplaced("status"),
        ),
        (
            EventName::TokenAccepted,
            |r| r.client_ip = None,
            Violation::Missing("client_ip"),
        ),
        (
            EventName::LoginFailed,
            |r| r.route = None,
            Violation::Missing("route"),
        ),
        (
            EventName::LoginFailed,
            |r| r.enforced = Some(true),
            Violation::Misplaced("enforced"),
        ),
        (
            EventName::LoginFailed,
            |r| r.token_sub = Some("a".into()),
            Violation::Misplaced("token_sub"),
        ),
        (
            EventName::LoginFailed,
            |r| r.token_iat = Some(1),
            Violation::Misplaced("token_iat"),
        ),
        (
            EventName::TokenIssued,
            |r| r.claimed_iss = Some("a".into()),
            Violation::Misplaced("claimed_iss"),
        ),
        (
            EventName::TokenRefreshed,
            |r| r.refresh_family = None,
            Violation::Missing("refresh_family"),
        ),
        (
            EventName::AccessDenied,
            |r| r.authz = None,
            Violation::Missing("authz"),
        ),
        (
            EventName::Heartbeat,
            |r| r.counts = None,
            Violation::Missing("counts"),
        ),
        (
            EventName::AuditDropped,
            |r| r.dropped_kind = None,
            Violation::Missing("dropped_kind"),
        ),
        (
            EventName::KeysFailed,
            |r| r.issuer = None,
            Violation::Missing("issuer"),
        ),
        (
            EventName::AlertRaised,
            |r| r.rule = None,
            Violation::Missing("rule"),
        ),
    ];
    for (event, change, violation) in cases {
        let mut checked = 0;
        every_event::each(|record| {
            let responded = record.kind != Kind::Decision || record.status.is_some();
            if record.event == event && responded {
                let mut record = record.clone();
                change(&mut record);
                assert!(
                    record.violations().contains(&violation),
                    "{event}: {violation}"
                );
                checked += 1;
            }
        });
        assert!(checked > 0, "{event}");
    }
}

#[test]
fn the_event_says_how_far_its_claims_can_be_believed() {
    use jwtrail_event::{EventName, Outcome, Record, Timestamp, Trust, Violation};
    let trust = Violation::Misplaced("trust");
    for (event, right) in [
        (EventName::TokenAccepted, Trust::Verified),
        (EventName::AccessDenied, Trust::Verified),
        (EventName::TokenMissing, Trust::None),
    ] {
        for found in Trust::ALL {
            let mut record = Record::new(event, Outcome::Failure, Timestamp::from_seconds(0));
            record.trust = *found;
            let wrong = record.violations().contains(&trust);
            assert_eq!(wrong, *found != right, "{event} {found}");
        }
    }
}

#[test]
fn a_token_rendered_before_stands_in_the_line_as_its_facts_do() {
    let request = request();
    let rendered = RenderedToken::new(&header(), &claims());
    let writer = Writer::new(Origin {
        service: "orders \"api\"".to_owned(),
        service_version: "1.2.3".to_owned(),
        instance: "pod-7".to_owned(),
        boot_id: "b1".to_owned(),
    });
    let time = Timestamp::from_micros(1_800_000_000_123_456);
    let stamp = writer.stamp(EventId::from_u128(7), 42);
    let own_id = request.correlation.trace_id.to_string();
    let mut named_by_its_trace = request.clone();
    named_by_its_trace.correlation.id = Text::from(&own_id);
    named_by_its_trace.correlation.source = CorrelationSource::Generated;
    let authorizations = [None, Some(authorization(Authz::Granted))];
    for (request, authorization) in [&request, &named_by_its_trace]
        .into_iter()
        .flat_map(|request| authorizations.iter().map(move |asked| (request, asked)))
    {
        let event = |token| TokenAccepted {
            request,
            answer: answer(200),
            token,
            authorization: authorization.clone(),
        };
        let line = |token| {
            let mut line = Vec::new();
            let sort = event(token).write(time, &stamp, &mut line);
            assert_eq!(sort.event, EventName::TokenAccepted);
            assert_eq!(sort.trust, Trust::Verified);
            String::from_utf8(line).unwrap()
        };
        let by_facts = line(AcceptedToken::Facts {
            header: header(),
            claims: claims(),
        });
        assert!(by_facts.contains("\"token_sub\"") && by_facts.contains("\"seq\":42"));
        assert_eq!(line(AcceptedToken::Rendered(&rendered)), by_facts);

        let unstamped = event(AcceptedToken::Rendered(&rendered));
        let mut by_record = Vec::new();
        unstamped.record(time).write_ndjson(&mut by_record);
        let by_record = String::from_utf8(by_record).unwrap();
        assert!(by_facts.ends_with(by_record.split_once("\"outcome\"").unwrap().1));
    }
}
