use jwtrail_event::{EventName, FIELD_NAMES, Kind, Reason};
use jwtrail_event::{Outcome, Record, Timestamp};

/// The table of the schema: event, kind, severity, OWASP's word.
const EVENTS: &[(&str, &str, u8, Option<&str>)] = &[
    ("token.missing", "decision", 9, Some("authn_login_fail")),
    ("token.accepted", "decision", 9, Some("authn_login_success")),
    ("token.rejected", "decision", 13, Some("authn_login_fail")),
    ("access.denied", "decision", 13, Some("authz_fail")),
    (
        "rate.exceeded",
        "decision",
        13,
        Some("excess_rate_limit_exceeded"),
    ),
    (
        "login.succeeded",
        "lifecycle",
        9,
        Some("authn_login_success"),
    ),
    ("login.failed", "lifecycle", 13, Some("authn_login_fail")),
    ("token.issued", "lifecycle", 9, Some("authn_token_created")),
    (
        "issue.refused",
        "lifecycle",
        13,
        Some("authn_token_created"),
    ),
    ("token.refreshed", "lifecycle", 9, Some("session_renewed")),
    ("refresh.replayed", "lifecycle", 13, Some("session_renewed")),
    ("refresh.reused", "lifecycle", 17, Some("authn_token_reuse")),
    ("refresh.refused", "lifecycle", 13, Some("authn_login_fail")),
    ("token.revoked", "lifecycle", 9, Some("authn_token_revoked")),
    ("quarantine.added", "lifecycle", 17, None),
    ("quarantine.released", "lifecycle", 9, None),
    ("quarantine.expired", "lifecycle", 9, None),
    ("keys.refreshed", "system", 9, None),
    ("keys.failed", "system", 17, None),
    ("config.unsafe", "system", 13, None),
    ("audit.dropped", "system", 17, Some("sys_monitor_disabled")),
    ("heartbeat", "system", 1, None),
    ("limits.degraded", "system", 13, None),
    ("proxy.suspected", "system", 13, None),
    ("rules.changed", "system", 9, None),
    ("output.changed", "system", 13, None),
    ("alert.raised", "system", 17, None),
    ("subject.erased", "system", 9, None),
];

#[test]
fn events_are_as_the_table_says() {
    let events: Vec<_> = EventName::ALL
        .iter()
        .map(|event| {
            (
                event.as_str(),
                event.kind().as_str(),
                event.severity(),
                event.owasp(),
            )
        })
        .collect();
    assert_eq!(events, EVENTS);
}

#[test]
fn otel_names_are_the_same_behind_a_prefix() {
    for event in EventName::ALL {
        assert_eq!(event.otel_name(), format!("jwtrail.{event}"));
    }
}

#[test]
fn an_expired_token_has_its_own_word() {
    let time = Timestamp::from_seconds(0);
    let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
    record.reason = Some(Reason::Expired);
    assert_eq!(record.owasp(), Some("session_use_after_expire"));
    record.reason = Some(Reason::BadSignature);
    assert_eq!(record.owasp(), Some("authn_login_fail"));
    record.event = EventName::RefreshRefused;
    record.reason = Some(Reason::Expired);
    assert_eq!(record.owasp(), Some("authn_login_fail"));
}

#[test]
fn decisions_and_the_flows_of_tokens_are_caused_by_requests() {
    let caused: Vec<_> = EventName::ALL
        .iter()
        .filter(|event| event.caused_by_request())
        .map(|event| event.as_str())
        .collect();
    let first_thirteen: Vec<_> = EVENTS.iter().take(13).map(|(event, ..)| *event).collect();
    assert_eq!(caused, first_thirteen);
    assert!(
        EventName::ALL
            .iter()
            .all(|event| event.kind() != Kind::System || !event.caused_by_request())
    );
}

#[test]
fn every_name_parses_to_its_member_and_no_other() {
    for event in EventName::ALL {
        assert_eq!(event.as_str().parse(), Ok(*event));
    }
    for reason in Reason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(*reason));
    }
    for text in ["", "Expired", "expired ", "token_expired"] {
        assert!(text.parse::<Reason>().is_err(), "{text:?}");
    }
    let error = format!("x\r\n{}", "y".repeat(100))
        .parse::<Reason>()
        .unwrap_err();
    assert_eq!(error.name.chars().count(), 64);
    assert!(!error.to_string().contains(['\r', '\n']));
}

#[test]
fn the_record_has_the_fields_of_the_schema() {
    let mut names: Vec<&str> = FIELD_NAMES
        .iter()
        .map(|name| name.trim_start_matches("r#"))
        .collect();
    names.sort_unstable();
    let mut schema: Vec<&str> = FIELDS.split_whitespace().collect();
    schema.sort_unstable();
    assert_eq!(names, schema);
}

/// The schema's field table, row by row.
const FIELDS: &str = "
    time
    event_id schema_version kind event
    service service_version instance boot_id seq
    outcome reason steps trust
    token_jti token_sub token_iss token_aud client_id
    token_scope scope_class token_exp token_iat
    claimed_jti claimed_sub claimed_iss
    token_kid token_alg token_typ token_fp
    authz required_scope missing_scope object_type
    refresh_family refresh_generation previous_jti
    correlation_id correlation_source trace_id span_id linked_trace_id
    client_ip peer_ip hop user_agent origin method route
    status exit enforced duration_us cache
    issuer option sink dropped_count dropped_kind last_seq counts final
    actor rule target until
    producer received_at position
";
