use crate::support::{Bench, decision, lines, now};

#[test]
fn the_overview_counts_what_services_did() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    stream.next("tick");
    let before = now().plus_micros(-5 * 60_000_000);
    let records = [
        decision(1, before, true),
        decision(2, before, false),
        decision(3, now(), true),
        decision(4, now(), true),
    ];
    bench.post(&lines(&records));
    stream.next("tick");

    let overview = bench.client.get("/api/v1/overview?minutes=60").json();
    assert_eq!(overview["bucket_seconds"], 60);
    let series = overview["series"].as_array().unwrap();
    assert_eq!(series.len(), 60);
    assert_eq!(series[59]["time"], now().as_seconds());
    assert_eq!(series[59]["accepted"], 2);
    assert_eq!(
        (&series[54]["accepted"], &series[54]["failed"]),
        (&1.into(), &1.into())
    );
    assert_eq!(series[0]["accepted"], 0);
    let totals = &overview["totals"];
    assert_eq!(
        (&totals["requests"], &totals["failed"]),
        (&4.into(), &1.into())
    );
    assert_eq!(totals["failure_ratio"], 0.25);
    assert_eq!(overview["reasons"][0]["name"], "expired");
    assert_eq!(overview["subjects"][0]["name"], "user-0");
    assert_eq!(overview["routes"][0]["name"], "GET /orders");
    let services = overview["services"].as_array().unwrap();
    assert_eq!(services.len(), 1, "the monitor itself is left out");
    assert_eq!(services[0]["count"], 4);

    let narrow = bench.client.get("/api/v1/overview?minutes=1").json();
    assert_eq!(narrow["totals"]["requests"], 2);
    for wrong in ["0", "-1", "1441", "x"] {
        let answer = bench
            .client
            .get(&format!("/api/v1/overview?minutes={wrong}"));
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[test]
fn counts_are_the_same_after_a_restart_and_after_a_crash() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    stream.next("tick");
    let records: Vec<_> = (1..=50).map(|id| decision(id, now(), id % 5 > 0)).collect();
    bench.post(&lines(&records));
    stream.next("tick");
    let totals = |bench: &Bench| {
        let overview = bench.client.get("/api/v1/overview?minutes=5").json();
        overview["totals"].clone()
    };
    let counted = totals(&bench);
    assert_eq!(counted["requests"], 50);
    let bench = bench.restart(|_| {});
    assert_eq!(totals(&bench), counted);
    let more: Vec<_> = (51..=60).map(|id| decision(id, now(), true)).collect();
    bench.post(&lines(&more));

    let bench = bench.crash(|_| {});
    let mut stream = bench.client.watch("/api/v1/stream");
    while stream.next("tick")["position"] != bench_position(&bench) {}
    assert_eq!(totals(&bench)["requests"], 60);
}

/// The position of the last event of the orders API.
fn bench_position(bench: &Bench) -> serde_json::Value {
    bench.client.get("/api/v1/events?jti=jti-60").json()["events"][0]["position"].clone()
}

#[test]
fn health_tells_how_the_monitor_is() {
    let bench = Bench::start();
    bench.producer();
    let health = bench.client.get("/api/v1/health").json();
    let orders = health["producers"].as_array().unwrap();
    let orders = orders
        .iter()
        .find(|producer| producer["name"] == "orders")
        .unwrap();
    assert_eq!(
        (&orders["events"], &orders["last_seen"]),
        (&0.into(), &serde_json::Value::Null)
    );
    assert_eq!(health["uptime_seconds"], 0);
    bench.clock.advance_seconds(7);
    bench.post(&lines(&[decision(1, now(), true)]));
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["uptime_seconds"], 7);
    assert!(health["log"]["events"].as_u64().unwrap() >= 1);
    assert!(health["log"]["bytes"].as_u64().unwrap() > 100);
    assert!(health["detect"]["lag_events"].is_u64());
    let producers = health["producers"].as_array().unwrap();
    assert!(
        producers
            .iter()
            .any(|producer| producer["name"] == "orders"),
        "{health}"
    );
}
