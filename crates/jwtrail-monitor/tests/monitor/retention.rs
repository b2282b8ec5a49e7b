//! What is too old goes, and what is needed stays.

use std::time::Duration;

use jwtrail_event::{EventId, Record};
use jwtrail_monitor::{MonitorConfig, Retention};
use jwtrail_store::{
    Embedded, Field, Find, Log as _, Options, Scan, Search as _, State as _, Table,
};
use serde_json::{Value, json};

use crate::escalation::forged;
use crate::quarantine::until;
use crate::support::{Bench, decision, lines, now, reused};

fn an_hour(config: &mut MonitorConfig) {
    config.retention = Retention {
        max_age: Some(HOUR),
        max_bytes: None,
    };
    config.limits.retain_every = Duration::from_millis(5);
}

#[test]
fn what_is_too_old_goes_from_answers_and_from_the_store_and_the_rest_stays() {
    let bench = Bench::start_with(an_hour);
    let old: Vec<Record<'_>> = (1..=5).map(|id| decision(id, now(), true)).collect();
    let stolen = reused(6, now(), "family-of-nina", "nina");
    bench.post(&lines(&old));
    bench.post(&lines(&[stolen]));
    bench.post(&lines(&[forged(7, "orders-api")]));
    let hold = json!({
        "target": { "type": "token", "iss": "https://login.example", "jti": "held" },
        "seconds": 86_400, "reason": "seen twice",
    });
    let operator = bench.client.clone().header("x-jwtrail-request", "1");
    let added = operator.post("/api/v1/quarantine", hold.to_string());
    assert_eq!(added.status, 201, "{}", added.text());
    until(|| alerts(&bench, "all").len() == 2);
    assert_eq!(found(&bench, "jti=jti-3").len(), 1);

    // Half an hour later all of it is there, and one alert is over.
    bench.clock.advance_seconds(1_800);
    bench.post(&lines(&[decision(
        8,
        now().plus_micros(1_800_000_000),
        true,
    )]));
    until(|| alerts(&bench, "open").len() == 1);
    assert_eq!(found(&bench, "jti=jti-3").len(), 1);
    assert_eq!(alerts(&bench, "all").len(), 2);

    // The family's alert goes on, which keeps it: whoever works on it needs it.
    bench.post(&lines(&[reused(
        9,
        now().plus_micros(1_800_000_000),
        "family-of-nina",
        "nina",
    )]));
    bench.clock.advance_seconds(60);
    until(|| alerts(&bench, "open")[0]["count"] == 2);
    bench.clock.advance_seconds(1_741);
    until(|| found(&bench, "jti=jti-3").is_empty() && alerts(&bench, "all").len() == 1);
    for gone in [
        "jti=jti-1",
        "sub=user-1&before=5",
        "correlation_id=request-2",
    ] {
        assert_eq!(found(&bench, gone), [] as [Value; 0], "{gone}");
    }
    assert_eq!(found(&bench, "jti=jti-8").len(), 1);
    assert_eq!(found(&bench, "sub=nina").len(), 1);
    let kept = alerts(&bench, "open");
    assert_eq!(kept[0]["rule"], "refresh-reused");
    let path = format!("/api/v1/alerts/{}", kept[0]["id"].as_str().unwrap());
    let alert = bench.fresh().get(&path).json();
    // What is left of its evidence.
    assert_eq!(alert["evidence"].as_array().unwrap().len(), 1, "{alert}");
    let held = bench.fresh().get("/api/v1/quarantine").json();
    assert_eq!(held["entries"].as_array().unwrap().len(), 1);

    // A start finds no more and no less, and nothing is raised again.
    let bench = bench.restart(an_hour);
    assert_eq!(alerts(&bench, "all").len(), 1);
    assert_eq!(found(&bench, "jti=jti-8").len(), 1);
    assert_eq!(found(&bench, "jti=jti-1"), [] as [Value; 0]);
    let log = bench.directory().join("data/log");
    let directory = bench.stop_and_keep();
    let store = Embedded::open(&log, Options::default()).unwrap();
    let first = store.usage().first;
    assert!(first > 7, "{first}");
    let entries = store.read(0, 10_000).unwrap();
    assert_eq!(entries[0].position(), first);
    for entry in entries {
        let arrived = entry.record().unwrap().received_at.unwrap();
        let age = now().plus_micros(3_601_000_000).micros_since(arrived);
        assert!(age <= 3_600_000_000, "{entry:?}");
    }
    for (field, value) in [(Field::Jti, "jti-1"), (Field::CorrelationId, "request-2")] {
        let page = store.find(&Find::By(field, value.to_owned()), None, 10);
        assert_eq!(page.unwrap().entries.len(), 0);
    }
    // Nor is it known that it was there: it could come again.
    let id = |id: u128| EventId::from_u128((7 << 76) + (2 << 62) + id);
    assert_eq!(store.position("orders", id(1)).unwrap(), None);
    assert!(store.position("orders", id(8)).unwrap().is_some());
    let alerts = store.scan(&Scan::all(Table::Alert)).unwrap();
    let of_forger =
        |(_, row): &(Vec<u8>, Vec<u8>)| String::from_utf8_lossy(row).contains("forgery-attempt");
    assert!(!alerts.iter().any(of_forger));
    drop((store, directory));
}

fn found(bench: &Bench, query: &str) -> Vec<Value> {
    let page = bench.fresh().get(&format!("/api/v1/events?{query}")).json();
    page["events"].as_array().unwrap().clone()
}

fn alerts(bench: &Bench, state: &str) -> Vec<Value> {
    let page = bench.fresh().get(&format!("/api/v1/alerts?state={state}"));
    let mut alerts = page.json()["alerts"].as_array().unwrap().clone();
    // The monitor's own heartbeats go by the machine's time, and the test's clock leaps.
    alerts.retain(|alert| alert["rule"] != "audit-gap");
    alerts
}

const HOUR: Duration = Duration::from_secs(3_600);
