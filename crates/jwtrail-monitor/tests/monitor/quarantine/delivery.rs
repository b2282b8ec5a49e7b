//! What a service gets of the list, and when.

use jwtrail_event::quarantine::Kind;
use serde_json::json;

use super::{API, LIST, body, changes, operator, service, token};
use crate::support::Bench;

#[test]
fn a_service_gets_what_concerns_it_with_its_credential_only() {
    let bench = Bench::start();
    for (jti, services) in [
        ("everywhere", json!([])),
        ("here", json!(["orders-api", "secret-project"])),
        ("elsewhere", json!(["secret-project"])),
    ] {
        let asked = json!({ "target": token(jti), "seconds": 60, "services": services });
        assert_eq!(
            operator(&bench, "x").post(API, asked.to_string()).status,
            201
        );
    }
    let answer = service(&bench).get(LIST);
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("elsewhere") && !answer.text().contains("secret-project"));
    assert!(
        !answer.text().contains("operator"),
        "who did it is no concern of a service"
    );
    let changes = changes(&answer);
    assert!(changes.whole && !changes.more);
    assert_eq!(changes.holds.len(), 2);
    assert_eq!(changes.holds[0].kind, Kind::Quarantine);
    let tag = format!("\"{}\"", changes.version);
    assert_eq!(answer.header("etag"), Some(&*tag));

    let same = service(&bench).get(&format!("{LIST}?since={}", changes.version));
    assert_eq!(same.status, 304);
    assert_eq!(same.header("etag"), Some(&*tag));
    assert_eq!(bench.anonymous().get(LIST).status, 401);
    let wrong = bench.anonymous().bearer("jwtrail-p-wrong");
    assert_eq!(wrong.get(LIST).status, 401);
    // The operator's token is no credential of a service.
    assert_eq!(bench.client.get(LIST).status, 401);
    let nonsense = service(&bench).get(&format!("{LIST}?since=a%0ab&wait=0"));
    assert!(self::changes(&nonsense).whole);
    assert_eq!(service(&bench).get(&format!("{LIST}?wait=x")).status, 400);
}

#[test]
fn who_waits_is_answered_when_something_concerns_it() {
    let bench = Bench::start();
    let known = changes(&service(&bench).get(LIST)).version;
    let waiting = service(&bench);
    let path = format!("{LIST}?since={known}&wait=20");
    let waiter = std::thread::spawn(move || changes(&waiting.get(&path)));
    let elsewhere = json!({ "target": token("1"), "seconds": 60, "services": ["billing"] });
    assert_eq!(
        operator(&bench, "x")
            .post(API, elsewhere.to_string())
            .status,
        201
    );
    assert_eq!(
        operator(&bench, "x").post(API, body(token("2"), 60)).status,
        201
    );
    let news = waiter.join().unwrap();
    assert!(!news.whole);
    assert_eq!(news.holds.len(), 1);

    // A stop keeps nobody waiting.
    let waiting = service(&bench);
    let path = format!("{LIST}?since={}&wait=60", news.version);
    let waiter = std::thread::spawn(move || waiting.try_send("GET", &path, b""));
    let bench = bench.restart(|_| {});
    drop(waiter.join().unwrap());
    let after = service(&bench).get(&format!("{LIST}?since={}", news.version));
    assert_eq!(
        after.status,
        304,
        "a restart is no change: {}",
        after.text()
    );
}

#[test]
fn there_is_an_end_to_those_who_wait() {
    let bench = Bench::start_with(|config| config.limits.quarantine_waiters_each = 0);
    let answer = service(&bench).get(LIST);
    assert_eq!(answer.status, 200, "who has nothing is answered at once");
    let path = format!("{LIST}?since={}&wait=20", changes(&answer).version);
    let answer = service(&bench).get(&path);
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("5"));
}
