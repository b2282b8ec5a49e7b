//! Rules that hold tokens and families by themselves, and what bounds them.

mod breaker;
mod once;
mod producers;
mod refused;
mod worse;

use std::time::Duration;

use jwtrail_event::{Reason, Record, Timestamp};
use jwtrail_monitor::{MonitorConfig, RuleResponse};
use serde_json::{Value, json};

use crate::quarantine::{API, events, until};
use crate::support::{Bench, decision, lines, now, reused};

#[test]
fn no_rule_holds_anything_unless_it_was_told_to() {
    let bench = Bench::start_with(|config| {
        let rules = &mut config.responses.rules;
        rules.insert("binding-failed".to_owned(), RuleResponse::default());
    });
    let alert = raise(&bench, &reused(1, now(), "f-1", "ann"));
    // One of the rule that may shows that responses were decided.
    let other = replayed(&bench, 10, "jti-x");
    assert_eq!(decided(&bench, &other)["what"], "held");
    assert_eq!(bench.detail(&alert)["responded"], Value::Null);
    assert_eq!(entries(&bench).len(), 1);
}

#[test]
fn a_family_is_held_for_the_rules_time_and_on_record() {
    let bench = Bench::start_with(|config| respond(config, 600, 20));
    let alert = raise(&bench, &reused(1, now(), "f-1", "ann"));
    let responded = decided(&bench, &alert);
    let held = entries(&bench);
    assert_eq!(held.len(), 1, "{held:?}");
    let entry = &held[0];
    assert_eq!(responded["what"], "held");
    assert_eq!(responded["entry"], entry["id"]);
    let iss = "https://login.example";
    assert_eq!(
        entry["target"],
        json!({ "type": "family", "iss": iss, "family": "f-1" })
    );
    assert_eq!(entry["rule"], "refresh-reused");
    assert_eq!(entry["actor"], "rule:refresh-reused");
    assert_eq!(entry["services"], json!(["orders-api"]));
    assert_eq!(entry["until"], "2026-03-02T09:40:00.000000Z");
    assert!(entry["reason"].as_str().unwrap().contains(&alert));

    // The time passes, and it is taken off, on record as well.
    bench.clock.advance_seconds(600);
    assert_eq!(entries(&bench).len(), 0);
    let id = entry["id"].as_str().unwrap().to_owned();
    until(|| !events(&bench, &id, "quarantine.expired").is_empty());
    let bench = bench.restart(|config| respond(config, 600, 20));
    let added = events(&bench, &alert, "quarantine.added");
    assert_eq!(added.len(), 1, "{added:?}");
    assert_eq!(added[0]["rule"], "refresh-reused");
    assert_eq!(added[0]["target"], format!("family:f-1 {iss}"));
    assert_eq!(added[0]["until"], entry["until"]);
}

#[test]
fn a_token_is_held_by_its_id() {
    let bench = Bench::start_with(|config| {
        let rules = &mut config.responses.rules;
        rules.insert("binding-failed".to_owned(), RuleResponse::default());
    });
    let alert = replayed(&bench, 10, "jti-x");
    assert_eq!(decided(&bench, &alert)["what"], "held");
    let target = json!({ "type": "token", "iss": "https://login.example", "jti": "jti-x" });
    assert_eq!(entries(&bench)[0]["target"], target);
}

#[test]
fn a_rule_holds_so_many_in_an_hour() {
    let change = |config: &mut MonitorConfig| respond(config, 600, 2);
    let bench = Bench::start_with(change);
    let hold = |bench: &Bench, id: u128| {
        let time = bench.clock_now();
        let name = format!("f-{id}");
        outcome(bench, &reused(id, time, &name, &name))
    };
    assert_eq!(hold(&bench, 1), "held");
    bench.clock.advance_seconds(100);
    assert_eq!(hold(&bench, 2), "held");
    assert_eq!(hold(&bench, 3), "rule_cap");
    // A crash forgets nothing of it.
    let bench = bench.crash(change);
    assert_eq!(hold(&bench, 4), "rule_cap");
    bench.clock.advance_seconds(3_500);
    assert_eq!(hold(&bench, 5), "held", "the first is an hour ago");
    assert_eq!(hold(&bench, 6), "rule_cap");
    let status = bench.fresh().get("/api/v1/responses").json();
    assert_eq!(
        status["rules"],
        json!([{ "rule": "refresh-reused", "max_seconds": 600, "per_hour": 2, "held": 2 }])
    );
}

#[test]
fn a_protected_subject_is_not_held() {
    let bench = Bench::start_with(|config| {
        respond(config, 600, 20);
        config.quarantine.protected_subjects = vec![
            "batch-*".to_owned(),
            "sync https://login.example".to_owned(),
            "mail https://other.example".to_owned(),
        ];
    });
    for (id, sub, expected) in [
        (1, "batch-9", "subject_protected"),
        (2, "sync", "subject_protected"),
        (3, "mail", "held"),
        (4, "ann", "held"),
    ] {
        let event = reused(id, now(), &format!("f-{id}"), sub);
        assert_eq!(outcome(&bench, &event), expected, "{sub}");
    }
}

#[test]
fn what_is_longer_ago_than_it_would_be_held_is_let_be() {
    let bench = Bench::start_with(|config| respond(config, 600, 20));
    for (id, ago, expected) in [(1, 599, "held"), (2, 600, "too_late")] {
        let time = now().plus_micros(-ago * 1_000_000);
        let name = format!("f-{id}");
        assert_eq!(outcome(&bench, &reused(id, time, &name, &name)), expected);
    }
}

#[test]
fn a_full_list_takes_nothing() {
    let bench = Bench::start_with(|config| {
        respond(config, 600, 20);
        config.quarantine.max_entries = 1;
    });
    assert_eq!(outcome(&bench, &reused(1, now(), "f-1", "ann")), "held");
    let event = reused(2, now(), "f-2", "bob");
    assert_eq!(outcome(&bench, &event), "list_refused");
}

/// Switches the response of the rule on that needs one event.
pub(crate) fn respond(config: &mut MonitorConfig, seconds: u64, per_hour: u32) {
    let response = RuleResponse::new(Duration::from_secs(seconds), per_hour);
    let rules = &mut config.responses.rules;
    rules.insert("refresh-reused".to_owned(), response);
}

/// Posts an event that raises an alert; the alert's id.
pub(crate) fn raise(bench: &Bench, event: &Record<'_>) -> String {
    raise_as(bench, "orders", event)
}

fn raise_as(bench: &Bench, producer: &str, event: &Record<'_>) -> String {
    let mut stream = bench.fresh().watch("/api/v1/stream");
    bench.post_as(producer, &lines([event]));
    let family = event.refresh_family.as_ref().unwrap().as_str();
    loop {
        let alert = stream.next("alert");
        if alert["key"]["family"] == family {
            return alert["id"].as_str().unwrap().to_owned();
        }
    }
}

/// A bound token whose proof is used again.
fn replayed(bench: &Bench, id: u128, jti: &str) -> String {
    let mut stream = bench.fresh().watch("/api/v1/stream");
    let mut record = decision(id, now(), false);
    record.reason = Some(Reason::ProofReplayed);
    record.token_jti = Some(jti.to_owned().into());
    record.token_sub = Some("nina".into());
    bench.post(&lines(&[record]));
    stream.next("alert")["id"].as_str().unwrap().to_owned()
}

/// What became of the event's alert: `held`, or why not.
pub(crate) fn outcome(bench: &Bench, event: &Record<'_>) -> String {
    let alert = raise(bench, event);
    because(&decided(bench, &alert))
}

fn because(responded: &Value) -> String {
    let word = responded.get("because").unwrap_or(&responded["what"]);
    word.as_str().unwrap().to_owned()
}

/// What the rule did about an alert, once it is decided.
pub(crate) fn decided(bench: &Bench, alert: &str) -> Value {
    let mut responded = Value::Null;
    until(|| {
        responded = bench.detail(alert)["responded"].clone();
        !responded.is_null()
    });
    responded
}

pub(crate) fn entries(bench: &Bench) -> Vec<Value> {
    let list = bench.fresh().get(API).json();
    list["entries"].as_array().unwrap().clone()
}

impl Bench {
    fn detail(&self, alert: &str) -> Value {
        self.fresh().get(&format!("/api/v1/alerts/{alert}")).json()
    }

    fn clock_now(&self) -> Timestamp {
        jwtrail_event::Clock::now(&self.clock)
    }
}

/// An event that no signature vouches for.
fn forged(id: u128, reason: Reason) -> Record<'static> {
    let mut record = decision(id, now(), false);
    record.trust = jwtrail_event::Trust::None;
    record.reason = Some(reason);
    record
}
