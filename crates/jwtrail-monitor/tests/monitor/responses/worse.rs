//! An alert that holds nothing when it is raised, and becomes worse.

use std::fs;
use std::path::Path;

use jwtrail_event::{Reason, Record, SecretToken, Timestamp};
use jwtrail_monitor::{MonitorConfig, RuleResponse};
use serde_json::json;

use super::{because, decided, entries};
use crate::quarantine::{API, events, operator, until};
use crate::support::{Bench, decision, lines, now};

#[test]
fn what_became_worse_is_held_and_only_then() {
    let rules = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(responding(rules.path(), 600, 20));
    let alert = low(&bench, "jti-1", now());
    assert_eq!(because(&decided(&bench, &alert)), "severity_low");
    assert_eq!(entries(&bench).len(), 0);

    rise(&bench, "jti-1", now());
    until(|| entries(&bench).len() == 1);
    assert_eq!(because(&decided(&bench, &alert)), "held");
    let target = json!({ "type": "token", "iss": "https://login.example", "jti": "jti-1" });
    assert_eq!(entries(&bench)[0]["target"], target);

    // An operator's word is the last one, and the decision outlives a crash.
    let id = entries(&bench)[0]["id"].as_str().unwrap().to_owned();
    let released = operator(&bench, "x").send("DELETE", &format!("{API}/{id}"), b"");
    assert_eq!(released.status, 204);
    let bench = bench.crash(responding(rules.path(), 600, 20));
    bench.post(&lines(&[failed(9, "jti-1", later(now(), 9))]));
    let other = low(&bench, "jti-2", now());
    assert_eq!(because(&decided(&bench, &other)), "severity_low");
    assert_eq!(entries(&bench).len(), 0);
    let bench = bench.restart(responding(rules.path(), 600, 20));
    assert_eq!(events(&bench, &alert, "quarantine.added").len(), 1);
}

#[test]
fn what_is_worse_in_one_delivery_is_held_as_it_was_then() {
    let rules = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(responding(rules.path(), 600, 20));
    let mut stream = bench.fresh().watch("/api/v1/stream");
    // The last one is of nobody's signature: it came after what there was to be done.
    let mut all: Vec<Record<'_>> = (0..6)
        .map(|n| failed(n, "jti-1", later(now(), n)))
        .collect();
    let mut unsigned = failed(6, "jti-1", later(now(), 6));
    unsigned.trust = jwtrail_event::Trust::None;
    all.push(unsigned);
    bench.post(&lines(&all));
    let alert = stream.next("alert")["id"].as_str().unwrap().to_owned();
    until(|| entries(&bench).len() == 1);
    assert_eq!(because(&decided(&bench, &alert)), "held");
}

#[test]
fn whoever_waits_below_the_threshold_for_more_than_an_alert_names_is_held_all_the_same() {
    let rules = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(responding(rules.path(), 600, 20));
    let alert = waited(&bench, &bench.producer(), |_| {});
    assert_eq!(because(&decided(&bench, &alert)), "held");
    assert_eq!(entries(&bench).len(), 1);
    assert!(bench.detail(&alert)["count"].as_u64() > Some(200));
}

#[test]
fn what_an_alert_does_not_name_is_judged_as_well() {
    type Change = fn(&mut Record<'_>);
    let cases: [(&str, Change); 3] = [
        ("subject_protected", |record| {
            record.token_sub = Some("batch".into());
        }),
        ("no_service_in_common", |record| {
            record.service = "billing".into();
        }),
        ("too_many_events", |record| {
            record.instance = record.event_id.to_string().into();
        }),
    ];
    for (expected, change) in cases {
        let rules = tempfile::tempdir().unwrap();
        let bench = Bench::start_with(|config| {
            responding(rules.path(), 600, 20)(config);
            config.quarantine.protected_subjects = vec!["batch".to_owned()];
        });
        let many = expected == "too_many_events";
        let billing = bench.monitor.producer_credential("billing", &["billing"]);
        let middle = match expected {
            "no_service_in_common" => billing.unwrap(),
            _ => bench.producer(),
        };
        let alert = waited(&bench, &middle, |record| {
            // Far from both ends, so that it is not among those named.
            if many || record.seq % 1_000 == 160 {
                change(record);
            }
        });
        assert_eq!(because(&decided(&bench, &alert)), expected);
        assert_eq!(entries(&bench).len(), 0, "{expected}");
    }
}

#[test]
fn each_bound_holds_for_what_became_worse() {
    let rules = tempfile::tempdir().unwrap();
    // One an hour, for a minute at most, and never of the batch jobs.
    let bench = Bench::start_with(|config| {
        responding(rules.path(), 60, 1)(config);
        config.quarantine.protected_subjects = vec!["batch".to_owned()];
    });
    let outcome = |jti: &str, raised: Timestamp, rises: Timestamp| {
        let alert = low(&bench, jti, raised);
        assert_eq!(because(&decided(&bench, &alert)), "severity_low", "{jti}");
        rise(&bench, jti, rises);
        until(|| because(&decided(&bench, &alert)) != "severity_low");
        because(&decided(&bench, &alert))
    };
    assert_eq!(outcome("batch", now(), now()), "subject_protected");
    // When it became worse is what counts, not how long ago it was raised.
    let ago = now().plus_micros(-66_000_000);
    assert_eq!(outcome("old", ago, ago), "too_late");
    assert_eq!(outcome("recent", ago, now()), "held");
    assert_eq!(outcome("second", now(), now()), "rule_cap");
    assert_eq!(entries(&bench).len(), 1);
}

#[test]
fn the_breaker_counts_what_became_worse() {
    let rules = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(|config| {
        responding(rules.path(), 600, 20)(config);
        config.responses.breaker_least = 1;
    });
    let mut outcomes = Vec::new();
    for jti in ["one", "two"] {
        let alert = low(&bench, jti, now());
        decided(&bench, &alert);
        rise(&bench, jti, now());
        until(|| because(&decided(&bench, &alert)) != "severity_low");
        outcomes.push(because(&decided(&bench, &alert)));
    }
    assert_eq!(outcomes, ["held", "breaker_tripped"]);
}

/// Only a rule that is low at two failures of a token and high at five.
fn responding(
    directory: &Path,
    seconds: u64,
    per_hour: u32,
) -> impl FnOnce(&mut MonitorConfig) + use<> {
    fs::write(directory.join("failures.yml"), RULE).unwrap();
    let directory = directory.to_owned();
    move |config| {
        config.rules = Some(directory);
        let response = RuleResponse::new(std::time::Duration::from_secs(seconds), per_hour);
        let rules = &mut config.responses.rules;
        rules.insert("failures".to_owned(), response);
    }
}

/// Raises an alert of low severity; its id.
fn low(bench: &Bench, jti: &str, time: Timestamp) -> String {
    let mut stream = bench.fresh().watch("/api/v1/stream");
    bench.post(&lines(&[0, 1].map(|n| failed(n, jti, later(time, n)))));
    loop {
        let alert = stream.next("alert");
        if alert["key"]["jti"] == jti {
            assert_eq!(alert["severity"], "low");
            return alert["id"].as_str().unwrap().to_owned();
        }
    }
}

/// An alert that is low for 230 events, those in the middle delivered with a credential of their
/// own, and then rises; its id, once that is decided.
fn waited(bench: &Bench, middle: &SecretToken, change: impl Fn(&mut Record<'_>)) -> String {
    let ago = |seconds: i64| now().plus_micros(-seconds * 1_000_000);
    let alert = low(bench, "jti-1", ago(27_900));
    // Never five within five minutes, and never five minutes of quiet.
    let slow = |n: u32| {
        let mut record = failed(n, "jti-1", ago(i64::from(280 - n) * 100));
        change(&mut record);
        record
    };
    bench.post(&lines(&(3..160).map(slow).collect::<Vec<_>>()));
    let producer = bench.anonymous().bearer(middle.expose());
    let answer = producer.post("/api/v1/events", lines(&[slow(160)]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    bench.post(&lines(&(161..280).map(slow).collect::<Vec<_>>()));
    assert_eq!(because(&decided(bench, &alert)), "severity_low");
    let fast = |n: u32| failed(n, "jti-1", later(ago(10), n - 280));
    bench.post(&lines(&(280..284).map(fast).collect::<Vec<_>>()));
    until(|| because(&decided(bench, &alert)) != "severity_low");
    alert
}

fn rise(bench: &Bench, jti: &str, time: Timestamp) {
    bench.post(&lines(&[2, 3, 4].map(|n| failed(n, jti, later(time, n)))));
}

fn failed(n: u32, jti: &str, time: Timestamp) -> Record<'static> {
    let name: u128 = jti.bytes().fold(0, |sum, byte| sum * 31 + u128::from(byte)) % 1_000_000;
    let mut record = decision(name * 1_000 + u128::from(n), time, false);
    record.reason = Some(Reason::Expired);
    record.token_jti = Some(jti.to_owned().into());
    record.token_sub = Some(jti.to_owned().into());
    record
}

fn later(time: Timestamp, seconds: u32) -> Timestamp {
    time.plus_micros(i64::from(seconds) * 1_000_000)
}

const RULE: &str = "\
title: A token fails
name: failures
id: 00000000-0000-4000-8000-000000000001
description: A token fails, low at first.
references:
  - none
falsepositives:
  - none
level: low
logsource:
  product: jwtrail
detection:
  failed:
    event: token.rejected
  condition: failed
native:
  type: event_count
  window: 5m
  threshold: 2
  escalate:
    level: high
    threshold: 5
jwtrail:
  key: token
  trust: signed
  quiet: 5m
  warm_up: none
  response: alert
  missing: It does not count.
  why: To test with.
  max_keys: 1000
  max_entries: 64
";
