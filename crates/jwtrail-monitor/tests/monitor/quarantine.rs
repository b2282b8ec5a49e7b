//! The quarantine list: an operator's API, and what services get of it.

mod delivery;

use std::time::Duration;

use jwtrail_event::quarantine::Changes;
use serde_json::{Value, json};

use crate::support::{Answer, Bench, Client};

const LIST: &str = "/api/v1/quarantine/list";

#[test]
fn an_entry_is_added_shown_and_released_and_each_is_on_record() {
    let bench = Bench::start();
    let answer = operator(&bench, "added").post(API, body(token("stolen"), 600));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let entry = answer.json();
    assert_eq!(entry["kind"], "quarantine");
    assert_eq!(entry["actor"], "operator");
    assert_eq!(entry["reason"], "seen twice");
    assert_eq!(entry["since"], "2026-03-02T09:30:00.000000Z");
    assert_eq!(entry["until"], "2026-03-02T09:40:00.000000Z");
    let shown = bench.client.get(API).json();
    assert_eq!(shown["entries"], json!([entry]));
    assert_eq!(shown["max_seconds"], 2_592_000);

    let path = format!("{API}/{}", entry["id"].as_str().unwrap());
    let delete = |id: &str| operator(&bench, id).send("DELETE", &path, b"");
    assert_eq!(delete("released").status, 204);
    assert_eq!(delete("again").status, 404);
    assert_eq!(bench.client.get(API).json()["entries"], json!([]));

    let revocation = json!({
        "kind": "revocation", "seconds": 60,
        "target": { "type": "family", "iss": ISS, "family": "f-7" },
    });
    let answer = operator(&bench, "revoked").post(API, revocation.to_string());
    assert_eq!(answer.status, 201, "{}", answer.text());

    // A stop writes what is on its way to the log.
    let bench = bench.restart(|_| {});
    let added = event(&bench, "added", "quarantine.added");
    assert_eq!(added["actor"], "operator");
    assert_eq!(added["target"], format!("token:stolen {ISS}"));
    assert_eq!(added["until"], entry["until"]);
    assert_eq!(added["correlation_source"], "incoming");
    let released = event(&bench, "released", "quarantine.released");
    assert_eq!(released["actor"], "operator");
    assert_eq!(released["target"], format!("token:stolen {ISS}"));
    let revoked = event(&bench, "revoked", "token.revoked");
    assert_eq!(revoked["target"], format!("family:f-7 {ISS}"));
    assert_eq!(revoked["until"], "2026-03-02T09:31:00.000000Z");
    for (id, name) in [("again", "quarantine.released"), ("added", "token.revoked")] {
        assert_eq!(events(&bench, id, name).len(), 0, "{id}");
    }
}

#[test]
fn the_same_target_again_extends_the_entry() {
    let bench = Bench::start();
    let add = |body: Value| {
        let answer = operator(&bench, "x").post(API, body.to_string());
        (answer.status, answer.json())
    };
    let asked = |seconds: u64, services: &[&str]| json!({ "target": token("stolen"), "seconds": seconds, "services": services });
    let (status, first) = add(asked(600, &["orders-api"]));
    assert_eq!(status, 201);
    let (status, second) = add(asked(900, &["billing"]));
    assert_eq!(status, 200);
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["until"], "2026-03-02T09:45:00.000000Z");
    assert_eq!(second["services"], json!(["billing", "orders-api"]));
    // Less than what is there changes nothing.
    let (status, third) = add(asked(1, &["billing"]));
    assert_eq!((status, &third), (200, &second));
    let (_, everywhere) = add(asked(1, &[]));
    assert!(everywhere.get("services").is_none(), "{everywhere}");
    let (status, revoked) = add(json!({
        "kind": "revocation", "target": token("stolen"), "seconds": 1,
    }));
    assert_eq!(status, 201, "another kind is another entry");
    assert_ne!(revoked["id"], first["id"]);
    assert_eq!(
        bench.client.get(API).json()["entries"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_revoked_subject_can_come_again_and_a_quarantined_one_can_not() {
    let bench = Bench::start();
    let subject = json!({ "type": "subject", "iss": ISS, "sub": "alice" });
    for (kind, before) in [
        ("revocation", json!("2026-03-02T09:30:00.000000Z")),
        ("quarantine", Value::Null),
    ] {
        let asked = json!({ "kind": kind, "target": subject, "seconds": 60 });
        let entry = operator(&bench, "x").post(API, asked.to_string()).json();
        assert_eq!(entry["target"]["before"], before, "{entry}");
    }
}

#[test]
fn what_can_not_be_an_entry_is_refused_with_its_reason() {
    let bench = Bench::start_with(|config| {
        config.quarantine.max_time = Duration::from_secs(3600);
        config.quarantine.max_entries = 1;
        config
            .quarantine
            .protected_subjects
            .push("batch".to_owned());
    });
    let target = token("stolen");
    let long = "x".repeat(257);
    let cases = [
        (json!({}), 400, "missing field `target`"),
        (json!({ "target": target }), 400, "missing field `seconds`"),
        (
            json!({ "target": target, "second": 1 }),
            400,
            "unknown field `second`",
        ),
        (json!({ "target": target, "seconds": 0 }), 400, "1 to 3600"),
        (
            json!({ "target": target, "seconds": 3601 }),
            400,
            "1 to 3600",
        ),
        (json!({ "target": target, "seconds": -1 }), 400, "-1"),
        (
            json!({ "target": { "type": "planet" }, "seconds": 1 }),
            400,
            "planet",
        ),
        (
            json!({ "target": token(""), "seconds": 1 }),
            400,
            "`jti` is empty",
        ),
        (
            json!({ "target": token(&long), "seconds": 1 }),
            400,
            "`jti` has 257 bytes",
        ),
        (
            json!({ "target": { "type": "fingerprint", "fingerprint": "k1" }, "seconds": 1 }),
            400,
            "32 hexadecimal digits",
        ),
        (
            json!({ "target": target, "seconds": 1, "reason": "x".repeat(513) }),
            400,
            "`reason` has 513 bytes",
        ),
        (
            json!({ "target": target, "seconds": 1, "kind": "pardon" }),
            400,
            "pardon",
        ),
        (
            json!({ "target": { "type": "subject", "iss": ISS, "sub": "batch" }, "seconds": 1 }),
            403,
            "protected by the configuration",
        ),
    ];
    for (asked, status, said) in cases {
        let answer = operator(&bench, "x").post(API, asked.to_string());
        assert_eq!(answer.status, status, "{asked}: {}", answer.text());
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.contains(said), "{asked}: {message}");
    }
    assert_eq!(operator(&bench, "x").post(API, "[").status, 400);
    assert_eq!(bench.client.get(API).json()["entries"], json!([]));

    let one = operator(&bench, "x").post(API, body(token("1"), 60));
    assert_eq!(one.status, 201);
    let two = operator(&bench, "x").post(API, body(token("2"), 60));
    assert_eq!(two.status, 409, "{}", two.text());
    let again = operator(&bench, "x").post(API, body(token("1"), 90));
    assert_eq!(again.status, 200, "what is there can be extended");
    for id in ["x", "00000000-0000-0000-0000-000000000000", "..%2f"] {
        let answer = operator(&bench, "x").send("DELETE", &format!("{API}/{id}"), b"");
        assert_eq!(answer.status, 404, "{id}");
    }
}

#[test]
fn only_who_is_logged_in_and_only_our_own_page_changes_the_list() {
    let bench = Bench::start();
    let asked = body(token("stolen"), 60);
    assert_eq!(bench.anonymous().get(API).status, 401);
    let stranger = bench.anonymous().header("x-jwtrail-request", "1");
    assert_eq!(stranger.post(API, &asked).status, 401);
    assert_eq!(bench.client.post(API, &asked).status, 403, "no header");
    let producer = bench.anonymous().bearer(bench.producer().expose());
    let producer = producer.header("x-jwtrail-request", "1");
    assert_eq!(
        producer.post(API, &asked).status,
        401,
        "a producer is no operator"
    );
    let other = operator(&bench, "x").header("origin", "https://evil.example");
    assert_eq!(other.post(API, &asked).status, 403);
    assert_eq!(bench.client.get(API).json()["entries"], json!([]));
}

#[test]
fn an_entry_outlives_a_crash_and_ends_on_record() {
    let bench = Bench::start();
    let entry = operator(&bench, "added")
        .post(API, body(token("stolen"), 60))
        .json();
    let known = changes(&service(&bench).get(LIST));
    let bench = bench.crash(|_| {}).crash(|_| {});
    assert_eq!(bench.client.get(API).json()["entries"], json!([entry]));
    let again = changes(&service(&bench).get(LIST));
    assert_eq!(again.holds, known.holds);
    let since = service(&bench).get(&format!("{LIST}?since={}", known.version));
    assert_eq!(since.status, 304, "a crash is no change");

    bench.clock.advance_seconds(60);
    assert_eq!(bench.client.get(API).json()["entries"], json!([]));
    assert_eq!(changes(&service(&bench).get(LIST)).holds, []);
    // It is taken off within a second; the second start shows that it was, and once.
    let id = entry["id"].as_str().unwrap();
    let bench = bench.crash(|_| {});
    until(|| !events(&bench, id, "quarantine.expired").is_empty());
    let bench = bench.restart(|_| {}).restart(|_| {});
    let expired = event(&bench, id, "quarantine.expired");
    assert_eq!(expired["target"], format!("token:stolen {ISS}"));
    event(&bench, "added", "quarantine.added");
}

#[test]
fn limits_of_the_list_that_make_no_sense_are_refused() {
    use jwtrail_monitor::{Monitor, MonitorConfig, MonitorError, QuarantinePolicy};
    let refused = |change: fn(&mut QuarantinePolicy)| {
        let directory = tempfile::tempdir().unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        let mut config = MonitorConfig::new(address, directory.path().join("data"));
        change(&mut config.quarantine);
        let clock = jwtrail_testkit::TestClock::new(crate::support::now());
        Monitor::start(config, std::sync::Arc::new(clock)).unwrap_err()
    };
    for error in [
        refused(|policy| policy.max_time = Duration::ZERO),
        refused(|policy| policy.max_time = Duration::from_secs(367 * 86_400)),
        refused(|policy| policy.max_entries = 0),
        refused(|policy| policy.max_entries = 20_001),
        refused(|policy| policy.protected_subjects.push(String::new())),
    ] {
        assert!(
            matches!(error, MonitorError::QuarantinePolicy { .. }),
            "{error:?}"
        );
    }
}

pub(crate) fn operator(bench: &Bench, id: &str) -> Client {
    let client = bench.fresh().header("x-jwtrail-request", "1");
    client.header("x-request-id", id)
}

fn service(bench: &Bench) -> Client {
    bench.anonymous().bearer(bench.producer().expose())
}

fn changes(answer: &Answer) -> Changes {
    assert_eq!(answer.status, 200, "{}", answer.text());
    Changes::read(answer.text().as_bytes()).unwrap()
}

pub(crate) fn token(jti: &str) -> Value {
    json!({ "type": "token", "iss": ISS, "jti": jti })
}

pub(crate) fn body(target: Value, seconds: u64) -> String {
    json!({ "target": target, "seconds": seconds, "reason": "seen twice" }).to_string()
}

/// The only event of this name that the request caused.
fn event(bench: &Bench, id: &str, name: &str) -> Value {
    let mut found = events(bench, id, name);
    assert_eq!(found.len(), 1, "{name} of {id}: {found:?}");
    found.remove(0)
}

pub(crate) fn events(bench: &Bench, id: &str, name: &str) -> Vec<Value> {
    let path = format!("/api/v1/events?correlation_id={id}");
    let all = bench.fresh().get(&path).json();
    let all = all["events"].as_array().unwrap();
    let named = all.iter().filter(|event| event["event"] == name);
    named.cloned().collect()
}

pub(crate) fn until(mut condition: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if condition() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("the condition did not come true");
}

pub(crate) const API: &str = "/api/v1/quarantine";
const ISS: &str = "https://login.example";
