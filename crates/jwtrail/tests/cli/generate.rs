use jwtrail_event::Record;
use serde_json::Value;

use crate::support::Jwtrail;

const SMALL: &[&str] = &[
    "generate",
    "--days",
    "1",
    "--subjects",
    "30",
    "--heartbeat",
    "600",
    "--attacks",
    "signature-guessing,refresh-reused",
    "--output",
    "audit.ndjson",
    "--truth",
    "truth.ndjson",
];

#[test]
fn events_are_made_with_their_truth() {
    let jwtrail = Jwtrail::new();
    let text = jwtrail.run(SMALL);
    let events = jwtrail.read("audit.ndjson");
    let records: Vec<Record<'_>> = events
        .lines()
        .map(|line| Record::read(line.as_bytes()).unwrap())
        .collect();
    let arrivals = records.iter().map(|record| record.received_at);
    assert!(arrivals.clone().all(|at| at.is_some()));
    assert!(arrivals.is_sorted());
    let truth = jwtrail.read("truth.ndjson");
    let truth: Vec<Value> = truth
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for injection in &truth {
        let decisive = injection["decisive"]["event_id"].as_str().unwrap();
        let found = records
            .iter()
            .filter(|r| r.event_id.to_string() == decisive);
        assert_eq!(found.count(), 1, "{injection}");
    }
    let (events, attacks) = (records.len(), truth.len());
    assert_eq!(
        text,
        format!(
            "exit code: 0\n--- stdout\n{events} events in audit.ndjson\n{attacks} attacks in \
             truth.ndjson\n--- stderr\n"
        )
    );
    let said = ["id", "attack", "strength", "covered", "expected"];
    let said = said.map(|name| format!("{name}: {}", truth[0][name]));
    insta::assert_snapshot!(said.join("\n"), @r#"
    id: "signature-guessing/minimal/1"
    attack: "signature-guessing"
    strength: "minimal"
    covered: true
    expected: [{"key":"3fff::/64","key_class":"address","rule":"signature-guessing","severity":"medium"}]
    "#);
}

#[test]
fn the_same_options_give_the_same_files() {
    let (first, second) = (Jwtrail::new(), Jwtrail::new());
    first.run(SMALL);
    second.run(SMALL);
    for file in ["audit.ndjson", "truth.ndjson"] {
        assert!(!first.read(file).is_empty());
        assert!(first.read(file) == second.read(file), "{file}");
    }
}

#[test]
fn what_was_made_can_be_judged() {
    let jwtrail = Jwtrail::new();
    jwtrail.run(SMALL);
    let text = jwtrail.run(&["detect", "audit.ndjson", "--fail-on", "high"]);
    assert!(text.starts_with("exit code: 1\n"), "{text}");
    assert!(text.contains("signature-guessing"), "{text}");
    assert!(text.contains(" 0 lines skipped"), "{text}");
}

#[test]
fn an_unknown_attack_is_named() {
    let jwtrail = Jwtrail::new();
    let arguments = [
        "generate",
        "--attacks",
        "phishing",
        "--output",
        "a",
        "--truth",
        "b",
    ];
    insta::assert_snapshot!(jwtrail.run(&arguments), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: no attack is called `phishing`
    help: choose from all, none, token-repeated-rejections, token-repeated-forgery, token-tampered, token-substituted, token-replayed, token-roaming, token-everywhere, token-overlapping, family-shared, family-roaming, subject-failure-spike, subject-failure-of-one-token, scope-changed, scope-probing, object-probing, refresh-burst, refresh-reused, refresh-reuse-wave, refresh-substituted, refresh-guessing, credential-stuffing, distributed-guessing, success-after-failures, origin-repeated-401, site-repeated-401, forgery-attempt, forgery-of-known, signature-guessing, key-probing, binding-failed, proof-replayed, expired-token-persistence, revoked-token-use, excess-rate, privileged-burst, failure-rate-high, issuance-burst, keys-unavailable, audit-gap, audit-dropped, audit-silence, clock-skew, monitor-tampered
    ");
}

#[test]
fn a_time_that_is_none_is_named() {
    let jwtrail = Jwtrail::new();
    let arguments = [
        "generate", "--start", "monday", "--output", "a", "--truth", "b",
    ];
    insta::assert_snapshot!(jwtrail.run(&arguments), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: --start monday is no time
    cause: not an RFC 3339 date and time
    help: write it as 2026-03-02T00:00:00Z
    ");
}

#[test]
fn a_place_that_is_not_there_is_named() {
    let jwtrail = Jwtrail::new();
    let arguments = ["generate", "--output", "a", "--truth", "no/where"];
    insta::assert_snapshot!(jwtrail.run(&arguments), @r"
    exit code: 4
    --- stdout
    --- stderr
    error: cannot write the file
     --> no/where
    cause: No such file or directory (os error 2)
    help: name a file in a directory that is there and has room
    ");
}
