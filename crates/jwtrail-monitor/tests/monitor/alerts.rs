use crate::quarantine::until;
use crate::support::{Bench, fixture};

#[test]
fn an_alert_comes_with_its_evidence() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&fixture("token-repeated-rejections", "positive"));
    let alert = stream.next("alert");
    assert_eq!(alert["rule"], "token-repeated-rejections");

    let listed = bench
        .client
        .get("/api/v1/alerts?state=open&limit=10")
        .json();
    let listed = listed["alerts"].as_array().unwrap();
    let id = alert["id"].as_str().unwrap();
    assert!(listed.iter().any(|other| other["id"] == id), "{listed:?}");

    let detail = bench.client.get(&format!("/api/v1/alerts/{id}")).json();
    for field in [
        "id",
        "rule",
        "title",
        "severity",
        "key_class",
        "key",
        "first_time",
    ] {
        assert_eq!(detail[field], alert[field], "{field}");
    }
    assert!(!detail["why"].as_str().unwrap().is_empty());
    assert!(detail["false_positives"].is_array() && detail["references"].is_array());
    let evidence = detail["evidence"].as_array().unwrap();
    assert!(evidence.len() >= 5, "{detail}");
    let times: Vec<_> = evidence
        .iter()
        .map(|event| event["time"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let decisive = &detail["decisive_event_id"];
    assert!(
        evidence.iter().any(|event| event["event_id"] == *decisive),
        "{detail}"
    );

    let overview = bench.client.get("/api/v1/overview?minutes=60").json();
    let severity = alert["severity"].as_str().unwrap();
    assert!(
        overview["open_alerts"][severity].as_u64().unwrap() >= 1,
        "{overview}"
    );
    let rules = bench.client.get("/api/v1/rules").json();
    let rules = rules["rules"].as_array().unwrap();
    let rule = rules
        .iter()
        .find(|rule| rule["name"] == alert["rule"])
        .unwrap();
    assert!(rule["alerts"].as_u64().unwrap() >= 1, "{rule}");
}

#[test]
fn shipped_rules_fire_on_their_fixtures() {
    for rule in [
        "token-repeated-rejections",
        "refresh-substituted",
        "forgery-attempt",
        "refresh-reused",
        "scope-probing",
        "key-probing",
        "object-probing",
        "token-substituted",
        "excess-rate",
        "origin-repeated-401",
    ] {
        let bench = Bench::start();
        let mut stream = bench.client.watch("/api/v1/stream");
        bench.post(&fixture(rule, "positive"));
        assert_eq!(stream.next("alert")["rule"], rule);
    }
}

#[test]
fn an_alert_that_is_none_is_not_found() {
    let bench = Bench::start();
    for id in ["0", "00112233445566778899aabbccddeeff", "%2e%2e"] {
        let answer = bench.client.get(&format!("/api/v1/alerts/{id}"));
        assert_eq!(answer.status, 404, "{id}");
    }
    assert_eq!(bench.client.get("/api/v1/alerts?state=half").status, 400);
}

#[test]
fn a_quiet_alert_is_resolved() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&fixture("refresh-reused", "positive"));
    let alert = stream.next("alert");
    bench.clock.advance_seconds(7 * 24 * 60 * 60);
    let mut stream = bench.fresh().watch("/api/v1/stream");
    let resolved = loop {
        let news = stream.next("alert");
        // Other rules may have their own alerts about the same events.
        if news["status"] == "resolved" && news["id"] == alert["id"] {
            break news;
        }
    };
    assert_eq!(resolved["rule"], "refresh-reused");
    until(|| {
        let open = bench.fresh().get("/api/v1/alerts?state=open").json();
        open["alerts"].as_array().unwrap().is_empty()
    });
    let all = bench.fresh().get("/api/v1/alerts?state=all").json();
    assert_eq!(all["alerts"][0]["status"], "resolved");
}
