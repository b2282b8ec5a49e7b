use serde_json::json;

use crate::support::{Bench, decision, lines, now};

#[test]
fn events_are_accepted_once() {
    let bench = Bench::start();
    let records = [1, 2, 3].map(|id| decision(id, now(), true));
    let body = lines(&records);
    let first = bench.post(&body);
    assert_eq!(
        first,
        json!({ "accepted": 3, "duplicates": 0, "rejected": [] })
    );
    let again = bench.post(&body);
    assert_eq!(
        again,
        json!({ "accepted": 0, "duplicates": 3, "rejected": [] })
    );
}

#[test]
fn a_bad_line_is_named_and_the_others_are_kept() {
    let bench = Bench::start();
    let good = [1, 2].map(|id| decision(id, now(), true));
    let mut body = lines(&good[..1]);
    body.push_str("{\"not\": an event}\n\n");
    body.push_str(&lines(&good[1..]));
    let answer = bench.post(&body);
    assert_eq!(answer["accepted"], 2);
    let rejected = answer["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0]["line"], 2);
    assert!(
        rejected[0]["problem"]
            .as_str()
            .unwrap()
            .contains("not an audit event")
    );
}

#[test]
fn what_no_signature_vouches_for_is_not_taken_at_its_word() {
    let bench = Bench::start();
    let forged = lines(&[decision(1, now(), true)]);
    let forged = forged.replace("\"trust\":\"verified\"", "\"trust\":\"none\"");
    assert!(forged.contains("\"trust\":\"none\"") && forged.contains("token_sub"));
    let answer = bench.post(&forged);
    assert_eq!(answer["accepted"], 0);
    let problem = answer["rejected"][0]["problem"].as_str().unwrap();
    assert!(
        problem.contains("may not stand in this record"),
        "{problem}"
    );
}

#[test]
fn a_wrong_credential_is_refused_with_a_remedy() {
    let bench = Bench::start();
    let body = lines(&[decision(1, now(), true)]);
    for client in [
        bench.anonymous(),
        bench.anonymous().bearer("jwtrail-p-wrong"),
        bench.client.clone(),
    ] {
        let answer = client.post("/api/v1/events", &body);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"]["code"], "unauthorized");
        let message = answer.text();
        assert!(message.contains("producer credential"), "{message}");
    }
    let answer = bench
        .anonymous()
        .header("authorization", "Basic YTpi")
        .post("/api/v1/events", &body);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn a_foreign_line_is_named_and_the_others_are_kept() {
    let bench = Bench::start();
    let mut foreign = decision(2, now(), true);
    foreign.service = "billing".into();
    let body = [decision(1, now(), true), foreign, decision(3, now(), true)];
    let answer = bench.post(&lines(&body));
    assert_eq!(answer["accepted"], 2, "{answer}");
    let rejected = answer["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1, "{answer}");
    assert_eq!(rejected[0]["line"], 2);
    let problem = rejected[0]["problem"].as_str().unwrap();
    assert!(problem.contains("`billing`"), "{problem}");
    assert!(problem.contains("`orders`"), "{problem}");
    assert!(problem.contains("register the service"), "{problem}");
    let found = bench.client.get("/api/v1/events?jti=jti-2").json();
    assert_eq!(found["events"], json!([]));
}

#[test]
fn a_foreign_body_does_not_stop_its_sender_and_the_operator_sees_it() {
    let bench = Bench::start();
    let mut foreign = decision(1, now(), true);
    foreign.service = "billing".into();
    let answer = bench.post(&lines(&[foreign]));
    assert_eq!(answer["accepted"], 0, "{answer}");
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 1);
    let producer = |bench: &Bench| {
        let health = bench.client.get("/api/v1/health").json();
        let producers = health["producers"].as_array().unwrap().clone();
        let named = |one: &serde_json::Value| one["name"] == "orders";
        producers.into_iter().find(named).unwrap()
    };
    let shown = producer(&bench);
    assert_eq!(shown["rejected"], 1, "{shown}");
    assert!(shown["last_seen"].is_null(), "{shown}");
    let problem = shown["last_problem"].as_str().unwrap();
    assert!(problem.contains("`billing`"), "{problem}");
    let bench = bench.restart(|_| {});
    assert_eq!(producer(&bench), shown);
}

#[test]
fn nobody_writes_as_the_monitor() {
    let bench = Bench::start();
    let mut forged = decision(1, now(), true);
    forged.service = "jwtrail-monitor".into();
    let answer = bench.post(&lines(&[forged]));
    assert_eq!(answer["accepted"], 0, "{answer}");
}

#[test]
fn a_slow_body_is_not_waited_for_and_takes_no_place_of_others() {
    let bench = Bench::start_with(|config| {
        config.limits.ingest_deadline = std::time::Duration::from_millis(50);
        config.limits.ingest_at_once_each = 0;
    });
    let answer = bench.ingest(&lines(&[decision(1, now(), true)]));
    assert_eq!(answer.status, 429, "{}", answer.text());
    let bench = bench.restart(|config| {
        config.limits.ingest_deadline = std::time::Duration::from_millis(50);
    });
    let producer = bench.anonymous().bearer(bench.producer().expose());
    assert_eq!(producer.begin("POST", "/api/v1/events", 100).status, 408);
}

#[test]
fn a_body_that_says_it_is_too_long_is_not_waited_for() {
    let bench = Bench::start_with(|config| config.limits.ingest_bytes = 10_000);
    let producer = bench.anonymous().bearer(bench.producer().expose());
    let answer = producer.begin("POST", "/api/v1/events", 10_001);
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("10000 bytes"), "{}", answer.text());
    assert_eq!(answer.header("connection"), Some("close"));
    // Whoever is not known is told no limits.
    let stranger = bench.anonymous();
    assert_eq!(stranger.begin("POST", "/api/v1/events", 10_001).status, 401);
}

#[test]
fn two_credentials_in_one_request_are_refused_as_such() {
    let bench = Bench::start();
    let credential = bench.producer();
    for (first, second) in [
        (credential.expose(), "another"),
        ("another", credential.expose()),
        (credential.expose(), credential.expose()),
    ] {
        let both = bench.anonymous().bearer(first).bearer(second);
        let answer = both.post("/api/v1/events", lines(&[decision(1, now(), true)]));
        assert_eq!(answer.status, 400);
        let text = answer.text();
        assert!(text.contains("more than one `Authorization`"), "{text}");
        assert!(!text.contains(credential.expose()));
        assert_eq!(both.get("/api/v1/quarantine/list").status, 400);
    }
}

#[test]
fn a_packed_body_is_refused_as_a_whole() {
    let bench = Bench::start();
    let body = lines(&[decision(1, now(), true)]);
    let producer = || bench.anonymous().bearer(bench.producer().expose());
    let packed = producer().header("content-encoding", "gzip");
    let answer = packed.post("/api/v1/events", &body);
    assert_eq!(answer.status, 415);
    assert_eq!(answer.json()["error"]["code"], "unsupported");
    let plain = producer().header("content-encoding", "identity");
    assert_eq!(plain.post("/api/v1/events", &body).json()["accepted"], 1);
}

#[test]
fn too_much_is_refused() {
    let bench = Bench::start_with(|config| {
        config.limits.ingest_bytes = 10_000;
        config.limits.ingest_lines = 3;
    });
    let four = [1, 2, 3, 4].map(|id| decision(id, now(), true));
    let answer = bench.ingest(&lines(&four));
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("4 lines"), "{}", answer.text());
    let answer = bench.ingest(&"x".repeat(200_000));
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("10000 bytes"), "{}", answer.text());
    assert_eq!(bench.post(&lines(&four[..3]))["accepted"], 3);
}

#[test]
fn a_flood_is_told_when_to_come_again() {
    let bench = Bench::start_with(|config| {
        config.limits.events_per_second = 1;
        config.limits.event_burst = 5;
    });
    let body = |from: u128| {
        let records: Vec<_> = (from..from + 5)
            .map(|id| decision(id, now(), true))
            .collect();
        lines(&records)
    };
    bench.post(&body(0));
    let answer = bench.ingest(&body(5));
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("5"));
    bench.clock.advance_seconds(5);
    assert_eq!(bench.post(&body(5))["accepted"], 5);
}

#[test]
fn a_full_disk_asks_to_come_again() {
    let bench = Bench::start_with(|config| config.limits.disk_reserve = u64::MAX);
    let answer = bench.ingest(&lines(&[decision(1, now(), true)]));
    assert_eq!(answer.status, 429);
    assert!(answer.text().contains("disk is full"), "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn what_the_sender_says_of_the_arrival_is_replaced() {
    let bench = Bench::start();
    let mut record = decision(1, now(), true);
    record.producer = Some("somebody".into());
    record.received_at = Some("2020-01-01T00:00:00Z".parse().unwrap());
    record.position = Some(99_999);
    bench.post(&lines(&[record]));
    let found = bench.client.get("/api/v1/events?jti=jti-1").json();
    let event = &found["events"][0];
    assert_eq!(event["producer"], "orders");
    assert_eq!(event["received_at"], now().to_string());
    assert!(event["position"].as_u64().unwrap() < 100);
}
