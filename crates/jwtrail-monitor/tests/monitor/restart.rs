use crate::support::{Bench, decision, fixture, lines, now};

fn alerts(bench: &Bench) -> Vec<String> {
    let answer = bench
        .client
        .get("/api/v1/alerts?state=all&limit=1000")
        .json();
    let alerts = answer["alerts"].as_array().unwrap();
    let id = |alert: &serde_json::Value| format!("{} {}", alert["id"], alert["rule"]);
    alerts.iter().map(id).collect()
}

fn raise(bench: &Bench) -> Vec<String> {
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&fixture("refresh-reused", "positive"));
    stream.next("alert");
    alerts(bench)
}

#[test]
fn a_restart_keeps_alerts_credentials_and_tokens() {
    let bench = Bench::start();
    let before = raise(&bench);
    let credential = bench.producer();
    let token = bench.monitor.access_token().unwrap();
    let bench = bench.restart(|_| {});
    assert_eq!(alerts(&bench), before);
    assert_eq!(bench.producer().expose(), credential.expose());
    let client = bench.anonymous().bearer(token.expose());
    assert_eq!(client.get("/api/v1/session").status, 200);
    let again = bench.post(&fixture("refresh-reused", "positive"));
    assert_eq!(again["accepted"], 0, "{again}");
    assert_eq!(alerts(&bench), before);
}

#[test]
fn a_crash_loses_no_alert_and_raises_none_twice() {
    let bench = Bench::start();
    let before = raise(&bench);
    let records: Vec<_> = (1..=20).map(|id| decision(id, now(), true)).collect();
    bench.post(&lines(&records));
    let bench = bench.crash(|_| {});
    assert_eq!(alerts(&bench), before);
    // The next alert shows that the replay has passed the first one.
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post_as("other", &fixture("token-repeated-rejections", "positive"));
    let news = stream.next("alert");
    assert_eq!(news["rule"], "token-repeated-rejections");
    let after = alerts(&bench);
    assert!(
        before.iter().all(|alert| after.contains(alert)),
        "{after:?}"
    );
    let rule = |alert: &&String| alert.contains("refresh-reused");
    assert_eq!(after.iter().filter(rule).count(), before.len(), "{after:?}");
    let again = bench.post(&lines(&records));
    assert_eq!(again["duplicates"], 20);
}

#[test]
fn crashes_change_nothing_of_what_is_found() {
    let text = fixture("token-repeated-rejections", "positive");
    let mut undisturbed = Bench::start();
    let mut crashing = Bench::start();
    for line in text.lines() {
        undisturbed.post(line);
        crashing.post(line);
        crashing = crashing.crash(|_| {});
    }
    // A stop finishes nothing that was not read yet: let another alert show that it was.
    let settled = |bench: &mut Bench| {
        let mut stream = bench.client.watch("/api/v1/stream");
        bench.post_as("other", &fixture("refresh-reused", "positive"));
        while stream.next("alert")["rule"] != "refresh-reused" {}
        let mut found = alerts(bench);
        found.sort_unstable();
        found
    };
    let found = settled(&mut crashing);
    assert_eq!(found, settled(&mut undisturbed));
    assert!(found.len() > 1, "{found:?}");
}
