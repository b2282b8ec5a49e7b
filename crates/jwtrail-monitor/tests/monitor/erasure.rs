//! A subject is erased, and looked for everywhere.

use std::path::Path;
use std::sync::Arc;

use jwtrail_event::{Reason, Record, Text, Trust};
use jwtrail_monitor::{AlertFormat, AlertOutput, MonitorError, erase};
use jwtrail_store::{Change, Embedded, Log as _, Options, Scan, State as _, Table};
use serde_json::{Value, json};

use crate::quarantine::until;
use crate::support::{Bench, Hook, PlainClient, decision, lines, now, reused};
use crate::webhook::configure;

/// What is theirs: a name, and ids of tokens, sessions and requests.
const THEIRS: [&str; 6] = [
    "nina",
    "jti-11",
    "jti-13",
    "family-of-n",
    "request-11",
    "198.51.100.77",
];

#[test]
fn nothing_is_left_of_a_subject_and_everything_of_the_others() {
    let away = AlertOutput::unsigned(
        "away",
        format!("http://{}", Hook::nowhere()),
        AlertFormat::Ocsf,
    );
    let bench = Bench::start_with(configure(vec![away], &PlainClient::default()));
    let others: Vec<Record<'_>> = (1..=4).map(|id| decision(id, now(), true)).collect();
    bench.post(&lines(&others));
    bench.post(&lines(&theirs()));
    // An alert about another family, and one about an address whose events are the subject's.
    bench.post(&lines(&[reused(20, now(), "family-of-o", "otto")]));
    until(|| alerts(&bench).len() == 4 && queued(&bench) == 4);
    // Minutes are counted by a reader of its own.
    let overview = || bench.client.get("/api/v1/overview").text();
    until(|| overview().contains("nina"));
    let (clock, folder) = (bench.clock.clone(), bench.stop_and_keep());
    let data = folder.path().join("data");
    for name in THEIRS {
        assert!(finds(&data, name), "the search would not find {name}");
    }

    let erased = erase(&data, &["nina".to_owned()], Arc::new(clock.clone())).unwrap();
    assert_eq!(
        (erased.events > 6, erased.alerts, erased.notices),
        (true, 2, 2),
        "{erased}"
    );
    for name in THEIRS {
        assert!(!finds(&data, name), "{name} is in a file");
        assert!(!reads(&data, name), "{name} is in a row");
    }
    assert!(reads(&data, "otto") && reads(&data, "family-of-o") && reads(&data, "jti-2"));
    // Once more finds nothing, and says so.
    let again = erase(&data, &["nina".to_owned()], Arc::new(clock.clone())).unwrap();
    assert_eq!((again.events, again.alerts, again.notices), (0, 0, 0));

    let bench = Bench::reopen(folder, clock);
    assert_eq!(found(&bench, "sub=nina"), [] as [Value; 0]);
    assert_eq!(found(&bench, "sub=otto").len(), 1);
    assert_eq!(found(&bench, "jti=jti-3").len(), 1);
    // What comes twice is known by its shell, and stays erased.
    let twice = bench.post(&lines(&theirs()));
    assert_eq!(twice["duplicates"], 9, "{twice}");
    assert_eq!(found(&bench, "sub=nina"), [] as [Value; 0]);
    // Rules have gone over the log again, and found nothing new.
    bench.post(&lines(&[decision(30, now(), true)]));
    until(|| bench.client.get("/api/v1/health").json()["detect"]["lag_events"] == 0);
    let left = alerts(&bench);
    let rules: Vec<_> = left
        .iter()
        .map(|alert| (&alert["rule"], &alert["status"]))
        .collect();
    assert!(
        rules.contains(&(&json!("refresh-reused"), &json!("open"))),
        "{left:?}"
    );
    // That of the address rests on what is gone: nothing would end it.
    assert!(
        rules.contains(&(&json!("forgery-attempt"), &json!("resolved"))),
        "{left:?}"
    );
    assert_eq!(left.len(), 2, "{left:?}");
    let all = bench.fresh().get("/api/v1/events?limit=200").json();
    let mut events = all["events"].as_array().unwrap().iter();
    let told = events.find(|event| {
        event["event"] == "subject.erased" && event["target"] != "0 events, 0 alerts, 0 notices"
    });
    let told = told.unwrap();
    assert_eq!(told["target"], erased.to_string());
    assert!(!told.to_string().contains("nina"));
}

#[test]
fn who_erases_at_night_is_told_of() {
    let bench = Bench::start();
    bench.post(&lines(&[decision(1, now(), true)]));
    bench.clock.advance_seconds(12 * 3_600);
    let (clock, folder) = (bench.clock.clone(), bench.stop_and_keep());
    let data = folder.path().join("data");
    erase(&data, &["nina".to_owned()], Arc::new(clock.clone())).unwrap();
    let bench = Bench::reopen(folder, clock);
    until(|| {
        let alerts = alerts(&bench);
        alerts
            .iter()
            .any(|alert| alert["rule"] == "monitor-tampered")
    });
}

#[test]
fn who_is_held_is_not_set_free_by_it_and_a_running_monitor_is_not_touched() {
    let bench = Bench::start();
    bench.post(&lines(&theirs()));
    let hold = json!({
        "target": { "type": "subject", "iss": "https://login.example", "sub": "nina" },
        "seconds": 600, "reason": "seen twice",
    });
    let operator = bench.client.clone().header("x-jwtrail-request", "1");
    let added = operator.post("/api/v1/quarantine", hold.to_string());
    assert_eq!(added.status, 201, "{}", added.text());
    let data = bench.directory().join("data");
    let (clock, nina) = (Arc::new(bench.clock.clone()), ["nina".to_owned()]);
    let running = erase(&data, &nina, Arc::clone(&clock) as _).unwrap_err();
    assert!(
        running.to_string().contains("in use by another process"),
        "{running}"
    );
    let folder = bench.stop_and_keep();
    let held = erase(&data, &nina, Arc::clone(&clock) as _).unwrap_err();
    assert!(matches!(held, MonitorError::Held), "{held}");
    assert!(reads(&data, "nina"));
    let nowhere = erase(folder.path().join("none"), &nina, clock).unwrap_err();
    assert!(matches!(nowhere, MonitorError::NoData { .. }), "{nowhere}");
    assert!(!folder.path().join("none").exists());
}

#[test]
fn what_is_damaged_is_told_of_and_a_damaged_hold_is_taken_for_one() {
    let bench = Bench::start();
    bench.post(&lines(&theirs()));
    let (clock, folder) = (Arc::new(bench.clock.clone()), bench.stop_and_keep());
    let (data, nina) = (folder.path().join("data"), ["nina".to_owned()]);
    let damage = |table: Table, key: &[u8]| {
        let store = Embedded::open(data.join("log"), Options::default()).unwrap();
        let row = Change::Put(table, key.to_vec(), b"{\"nina".to_vec());
        store.commit(vec![row]).unwrap();
    };
    damage(Table::Outbox, b"away/1");
    let erased = erase(&data, &nina, Arc::clone(&clock) as _).unwrap();
    assert_eq!(erased.unread, 1);
    let told = erased.to_string();
    assert!(
        told.ends_with("; 1 damaged entries stay, whomever they name"),
        "{told}"
    );
    damage(Table::Quarantine, b"entry/1");
    let held = erase(&data, &nina, clock).unwrap_err();
    assert!(matches!(held, MonitorError::QuarantineRow { .. }), "{held}");
}

/// A session, a reuse that is an alert, substituted tokens that are one, and a forged token that
/// claims their name.
fn theirs() -> Vec<Record<'static>> {
    let of = |mut record: Record<'static>| {
        record.token_sub = Some(Text::from("nina"));
        record.client_ip = Some(Text::from("198.51.100.77"));
        record.peer_ip = record.client_ip.clone();
        record
    };
    let mut all: Vec<_> = (11..=14).map(|id| of(decision(id, now(), true))).collect();
    all.push(of(reused(15, now(), "family-of-n", "nina")));
    for id in 16..=18 {
        let mut record = of(decision(id, now(), false));
        record.reason = Some(Reason::BadAudience);
        all.push(record);
    }
    let mut forged = decision(19, now(), false);
    forged.trust = Trust::None;
    forged.reason = Some(Reason::AlgorithmNotAllowed);
    forged.token_jti = None;
    forged.token_sub = None;
    forged.token_iss = None;
    forged.claimed_sub = Some(Text::from("nina"));
    forged.client_ip = Some(Text::from("203.0.113.99"));
    all.push(forged);
    all
}

/// Whether a file of the folder holds the bytes.
fn finds(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return finds(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

/// Whether an entry or a row of the store holds them: files may be compressed.
fn reads(data: &Path, text: &str) -> bool {
    let store = Embedded::open(data.join("log"), Options::default()).unwrap();
    let holds = |bytes: &[u8]| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    let entries = store.read(0, 100_000).unwrap();
    entries.iter().any(|entry| holds(entry.line()))
        || Table::ALL.iter().any(|table| {
            let rows = store.scan(&Scan::all(*table)).unwrap();
            rows.iter().any(|(key, row)| holds(key) || holds(row))
        })
}

fn queued(bench: &Bench) -> u64 {
    let health = bench.client.get("/api/v1/health").json();
    health["outputs"][0]["queued"].as_u64().unwrap()
}

fn found(bench: &Bench, query: &str) -> Vec<Value> {
    let page = bench.fresh().get(&format!("/api/v1/events?{query}")).json();
    page["events"].as_array().unwrap().clone()
}

fn alerts(bench: &Bench) -> Vec<Value> {
    let page = bench.fresh().get("/api/v1/alerts");
    page.json()["alerts"].as_array().unwrap().clone()
}
