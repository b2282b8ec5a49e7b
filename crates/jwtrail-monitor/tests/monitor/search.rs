use crate::support::{Bench, decision, lines, now};

fn ids(bench: &Bench, query: &str) -> Vec<String> {
    let answer = bench.client.get(&format!("/api/v1/events?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let events = answer.json()["events"].as_array().unwrap().clone();
    let id = |event: &serde_json::Value| event["correlation_id"].as_str().unwrap().to_owned();
    events.iter().map(id).collect()
}

#[test]
fn events_are_found_by_token_subject_request_and_address() {
    let bench = Bench::start();
    let mut records: Vec<_> = (1..=4).map(|id| decision(id, now(), true)).collect();
    records[3].client_ip = Some("198.51.100.9".into());
    bench.post(&lines(&records));

    assert_eq!(ids(&bench, "jti=jti-3"), ["request-3"]);
    assert_eq!(ids(&bench, "sub=user-0"), ["request-4", "request-2"]);
    assert_eq!(ids(&bench, "correlation_id=request-2"), ["request-2"]);
    let fingerprint = format!("fingerprint=k1:{:032x}", 1);
    assert_eq!(ids(&bench, &fingerprint), ["request-1"]);
    assert_eq!(ids(&bench, "client_ip=198.51.100.9"), ["request-4"]);
    assert_eq!(ids(&bench, "jti=jti-30"), [""; 0]);
}

#[test]
fn pages_follow_each_other() {
    let bench = Bench::start();
    let records: Vec<_> = (1..=5).map(|id| decision(id * 2, now(), true)).collect();
    bench.post(&lines(&records));
    let page = bench.client.get("/api/v1/events?sub=user-0&limit=2").json();
    let before = page["next_before"].as_u64().unwrap();
    assert_eq!(
        ids(&bench, "sub=user-0&limit=2"),
        ["request-10", "request-8"]
    );
    let next = format!("sub=user-0&limit=3&before={before}");
    assert_eq!(ids(&bench, &next), ["request-6", "request-4", "request-2"]);
    let last = bench.client.get(&format!("/api/v1/events?{next}")).json();
    assert!(last["next_before"].is_null(), "{last}");
}

#[test]
fn a_question_that_is_none_is_refused() {
    let bench = Bench::start();
    for query in ["jti=a&sub=b", "limit=many", "before=-1"] {
        let answer = bench.client.get(&format!("/api/v1/events?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["error"]["code"], "bad_request");
    }
}
