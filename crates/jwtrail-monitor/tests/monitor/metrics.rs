use crate::support::{Bench, decision, lines, now};

#[test]
fn a_scrape_says_how_far_the_monitors_work_has_come() {
    let bench = Bench::start();
    let mut stream = bench.client.watch("/api/v1/stream");
    stream.next("tick");
    let records: Vec<_> = (1..=7).map(|id| decision(id, now(), id % 2 > 0)).collect();
    bench.post(&lines(&records));
    stream.next("tick");
    let client = bench.anonymous().bearer(bench.producer().expose());
    let answer = client.get("/metrics");
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = answer.text();
    for begin in [
        "jwtrail_monitor_events_total ",
        "jwtrail_monitor_log_bytes ",
        "jwtrail_monitor_detect_lag_events ",
        "jwtrail_monitor_ended_threads 0",
        r#"jwtrail_monitor_producer_events_total{producer="orders"} 7"#,
        r#"jwtrail_decisions_total{decision="accepted",outcome="success""#,
    ] {
        assert!(
            text.lines().any(|line| line.starts_with(begin)),
            "{begin}\n{text}"
        );
    }
}

#[test]
fn nobody_scrapes_without_a_credential() {
    let bench = Bench::start();
    assert_eq!(bench.anonymous().get("/metrics").status, 401);
    let guessed = bench.anonymous().bearer("a-guess");
    assert_eq!(guessed.get("/metrics").status, 401);
}
