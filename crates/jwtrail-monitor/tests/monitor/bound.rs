//! What waits for an output that stays away has a bound.

use jwtrail_monitor::MonitorConfig;

use crate::quarantine::until;
use crate::support::{Bench, Hook, PlainClient, lines, now, reused};
use crate::webhook::{configure, to};

/// Alerts of so many families, one after the other.
fn alerts(bench: &Bench, ids: std::ops::RangeInclusive<u128>) {
    let records: Vec<_> = ids
        .map(|id| {
            let time = now().plus_micros((i64::try_from(id).unwrap() - 120) * 1_000_000);
            reused(id, time, &format!("family-{id}"), &format!("user-{id}"))
        })
        .collect();
    bench.post(&lines(&records));
}

fn output(bench: &Bench) -> serde_json::Value {
    bench.client.get("/api/v1/health").json()["outputs"][0].clone()
}

fn at_most(most: u64, change: impl FnOnce(&mut MonitorConfig)) -> impl FnOnce(&mut MonitorConfig) {
    move |config| {
        change(config);
        // It would be one more alert, of all of them.
        config.disabled_rules = vec!["refresh-reuse-wave".to_owned()];
        config.limits.output_queue = most;
    }
}

#[test]
fn the_oldest_go_beyond_what_may_wait_and_are_counted() {
    let away = Hook::nowhere();
    let client = PlainClient::default();
    let configured = configure(vec![to("hook", away)], &client);
    // It is in the middle of a long wait when they come.
    let bench = Bench::start_with(at_most(3, |config| {
        configured(config);
        config.limits.webhook_backoff = std::time::Duration::from_secs(3_600);
        config.limits.webhook_backoff_max = std::time::Duration::from_secs(3_600);
    }));
    alerts(&bench, 1..=1);
    client.wait_for_failures(1);
    alerts(&bench, 2..=8);
    until(|| output(&bench)["dropped"] == 5 && output(&bench)["queued"] == 3);
    let scraper = bench.anonymous().bearer(bench.producer().expose());
    let metrics = scraper.get("/metrics").text();
    let line = r#"jwtrail_monitor_output_dropped_total{output="hook"} 5"#;
    assert!(metrics.lines().any(|known| known == line), "{metrics}");
    // The alerts themselves are all there.
    let listed = bench.client.get("/api/v1/alerts?limit=100").json();
    assert_eq!(listed["alerts"].as_array().unwrap().len(), 8);

    let hook = Hook::listen("127.0.0.1:0".parse().unwrap());
    let configured = configure(vec![to("hook", hook.address)], &client);
    let bench = bench.restart(at_most(3, configured));
    let got = hook.wait_for(3);
    until(|| output(&bench)["queued"] == 0);
    let newest: Vec<_> = got
        .iter()
        .map(|delivery| delivery.json()["alert"]["key"]["display"].clone())
        .collect();
    assert_eq!(hook.count(), 3);
    for (display, family) in newest.iter().zip(["family-6", "family-7", "family-8"]) {
        let display = display.as_str().unwrap();
        assert!(display.contains(family), "{newest:?}");
    }
}

#[test]
fn a_bound_that_was_lowered_holds_from_the_start() {
    let away = Hook::nowhere();
    let client = PlainClient::default();
    let bench = Bench::start_with(configure(vec![to("hook", away)], &client));
    alerts(&bench, 1..=4);
    until(|| output(&bench)["queued"] == 4);
    let configured = configure(vec![to("hook", away)], &client);
    let bench = bench.restart(at_most(1, configured));
    until(|| output(&bench)["queued"] == 1);
    assert_eq!(output(&bench)["dropped"], 3);
}
