use crate::support::{Bench, decision, fixture, lines, now, stop};

#[test]
fn an_alert_comes_without_asking() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&fixture("refresh-reused", "positive"));
    let alert = stream.next("alert");
    assert_eq!(alert["rule"], "refresh-reused");
    assert_eq!(alert["status"], "open");
}

#[test]
fn news_tick_and_the_monitors_own_doings_do_not() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    let first = stream.next("tick")["position"].as_u64().unwrap();
    bench.post(&lines(&[decision(1, now(), true)]));
    let second = stream.next("tick")["position"].as_u64().unwrap();
    assert!(second > first);
    // What the monitor writes of this request comes after the event.
    assert_eq!(bench.client.get("/api/v1/rules").status, 200);
    stop(bench.monitor);
    assert!(stream.ends_without("tick"));
}

#[test]
fn watchers_are_bounded() {
    let bench = Bench::start_with(|config| config.limits.streams = 1);
    let _first = bench.client.watch("/api/v1/stream");
    let second = bench.client.get("/api/v1/stream");
    assert_eq!(second.status, 429);
    assert!(second.header("retry-after").is_some());
}
