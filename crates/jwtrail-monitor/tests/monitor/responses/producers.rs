//! Whose word is enough, and how far it reaches.

use serde_json::json;

use super::{because, decided, entries, raise_as, respond};
use crate::support::{Bench, Client, lines, now, reused};

#[test]
fn what_was_converted_from_another_log_holds_nobody() {
    let bench = Bench::start_with(|config| respond(config, 600, 20));
    let gateway = bench
        .monitor
        .imported_producer_credential("gateway", &["orders-api"]);
    let mut stream = bench.fresh().watch("/api/v1/stream");
    let producer = bench.anonymous().bearer(gateway.unwrap().expose());
    send(&producer, &lines([&reused(1, now(), "f-1", "ann")]));
    let alert = stream.next("alert")["id"].as_str().unwrap().to_owned();
    assert_eq!(because(&decided(&bench, &alert)), "producer_not_trusted");
    assert_eq!(entries(&bench).len(), 0);
}

#[test]
fn an_entry_reaches_the_services_that_all_who_told_write_as() {
    let bench = Bench::start_with(|config| {
        let rules = &mut config.responses.rules;
        rules.insert(
            "binding-failed".to_owned(),
            jwtrail_monitor::RuleResponse::default(),
        );
    });
    let credential = |name: &str, services: &[&str]| {
        let credential = bench.monitor.producer_credential(name, services).unwrap();
        bench.anonymous().bearer(credential.expose())
    };
    let both = credential("both", &["orders-api", "billing"]);
    let billing = credential("billing", &["billing"]);
    let mail = credential("mail", &["mail"]);
    // Who delivers the turn in the middle, as which service, and where it holds then.
    for (round, middle, service, expected) in [
        (1, &both, "billing", json!(["billing", "orders-api"])),
        (2, &billing, "billing", json!(["billing"])),
        (3, &mail, "mail", json!(null)),
    ] {
        let mut stream = bench.fresh().watch("/api/v1/stream");
        for (turn, producer, service) in [
            (0_u32, &both, "orders-api"),
            (1, middle, service),
            (2, &both, "orders-api"),
        ] {
            let time = now().plus_micros(i64::from(turn) * 1_000_000 - 10_000_000);
            let id = u128::from(round * 10 + turn);
            let mut record = crate::support::decision(id, time, false);
            record.reason = Some(jwtrail_event::Reason::ProofInvalid);
            record.service = service.into();
            record.token_jti = Some(format!("jti-{round}").into());
            send(producer, &lines([&record]));
        }
        let alert = stream.next("alert")["id"].as_str().unwrap().to_owned();
        let responded = decided(&bench, &alert);
        let list = entries(&bench);
        let entry = list.iter().find(|entry| entry["id"] == responded["entry"]);
        let services = entry.map(|entry| entry["services"].clone());
        assert_eq!(
            services.unwrap_or_default(),
            expected,
            "{round}: {responded}"
        );
        if expected.is_null() {
            assert_eq!(because(&responded), "no_service_in_common");
        }
    }
}

#[test]
fn a_compromised_producer_reaches_its_own_services_and_soon_nothing() {
    let bench = Bench::start_with(|config| {
        respond(config, 600, 8);
        config.responses.breaker_least = 5;
    });
    bench
        .monitor
        .producer_credential("billing", &["billing"])
        .unwrap();
    let own = bench
        .monitor
        .producer_credential("evil", &["evil-api"])
        .unwrap();
    let evil = bench.anonymous().bearer(own.expose());

    // As a service that it may not write as: not taken at all.
    let answer = evil.post(
        "/api/v1/events",
        lines([&reused(1, now(), "f-x", "victim")]),
    );
    assert_eq!(answer.json()["accepted"], 0, "{}", answer.text());

    // Families of everybody, as fast as it can.
    let forged: Vec<_> = (0..200)
        .map(|id| {
            let name = format!("victim-{id}");
            let mut record = reused(100 + id, now(), &name, &name);
            record.service = "evil-api".into();
            record
        })
        .collect();
    send(&evil, &lines(&forged));
    let last = raise_as(&bench, "orders", &reused(999, now(), "f-last", "last"));
    assert_eq!(because(&decided(&bench, &last)), "breaker_tripped");
    let held = entries(&bench);
    assert_eq!(held.len(), 5, "no more than the breaker lets through");
    for entry in &held {
        assert_eq!(entry["services"], json!(["evil-api"]));
    }

    // However many subjects it makes up, the rule's cap holds.
    let clock = bench.clock.clone();
    let operator = crate::quarantine::operator(&bench, "x");
    assert_eq!(operator.post("/api/v1/responses/reset", "").status, 204);
    clock.advance_seconds(3_600);
    let time = bench.clock_now();
    let crowd: Vec<_> = (0..4_000)
        .map(|id| {
            let mut record = crate::support::decision(10_000 + id, time, true);
            record.service = "evil-api".into();
            record.token_sub = Some(format!("made-up-{id}").into());
            record
        })
        .collect();
    send(&evil, &lines(&crowd));
    let forged: Vec<_> = (0..50)
        .map(|id| {
            let name = format!("second-{id}");
            let mut record = reused(20_000 + id, time, &name, &name);
            record.service = "evil-api".into();
            record
        })
        .collect();
    send(&evil, &lines(&forged));
    let last = raise_as(&bench, "orders", &reused(30_000, time, "f-end", "end"));
    assert_eq!(because(&decided(&bench, &last)), "rule_cap");
    assert_eq!(entries(&bench).len(), 8);
    // Who follows the list for another service gets nothing of it.
    let orders = bench.anonymous().bearer(bench.producer().expose());
    let list = orders.get("/api/v1/quarantine/list").json();
    assert_eq!(list["holds"], json!([]), "{list}");
}

fn send(producer: &Client, body: &str) {
    let answer = producer.post("/api/v1/events", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["rejected"], json!([]), "{}", answer.text());
}
