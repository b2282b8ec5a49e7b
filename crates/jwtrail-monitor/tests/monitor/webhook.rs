use std::sync::Arc;

use aws_lc_rs::hmac;
use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertOutput, MonitorConfig};

use crate::support::{Bench, Hook, PlainClient, fixture, now};

const SECRET: &str = "a secret of the webhook";

pub(crate) fn to(name: &str, address: std::net::SocketAddr) -> AlertOutput {
    let secret = SecretToken::new(SECRET.to_owned());
    AlertOutput::webhook(name, format!("http://{address}"), secret)
}

pub(crate) fn configure(
    hooks: Vec<AlertOutput>,
    client: &PlainClient,
) -> impl FnOnce(&mut MonitorConfig) {
    let client = client.clone();
    move |config| {
        config.outputs = hooks;
        config.webhook_client = Some(Arc::new(client));
    }
}

#[test]
fn an_alert_is_delivered_with_a_signature() {
    let hook = Hook::listen("127.0.0.1:0".parse().unwrap());
    let hooks = vec![to("hook", hook.address)];
    let bench = Bench::start_with(configure(hooks, &PlainClient::default()));
    bench.post(&fixture("refresh-reused", "positive"));
    let delivery = &hook.wait_for(1)[0];

    let timestamp = delivery.header("x-jwtrail-timestamp");
    assert_eq!(timestamp, now().as_seconds().to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signed = format!("{timestamp}.{}", delivery.body);
    let tag = hmac::sign(&key, signed.as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(delivery.header("x-jwtrail-signature"), format!("v1={hex}"));

    let body = delivery.json();
    assert_eq!(body["notice"], "raised");
    assert_eq!(body["alert"]["rule"], "refresh-reused");
    let id = body["alert"]["id"].as_str().unwrap();
    assert_eq!(delivery.header("x-jwtrail-alert-id"), id);
    assert_eq!(
        delivery.header("x-jwtrail-idempotency-key"),
        format!("{id}:raised")
    );
}

#[test]
fn an_output_that_is_down_loses_nothing_and_delays_no_other() {
    let away = Hook::nowhere();
    let up = Hook::listen("127.0.0.1:0".parse().unwrap());
    let client = PlainClient::default();
    let hooks = vec![to("away", away), to("up", up.address)];
    let bench = Bench::start_with(configure(hooks, &client));
    bench.post(&fixture("refresh-reused", "positive"));
    up.wait_for(1);
    client.wait_for_failures(3);
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["outputs"][0]["name"], "away");
    assert_eq!(health["outputs"][0]["queued"], 1, "{health}");
    assert!(health["outputs"][0]["last_error"].is_string(), "{health}");
    assert!(health["outputs"][1]["last_error"].is_null(), "{health}");

    let back = Hook::listen(away);
    let delivery = &back.wait_for(1)[0];
    assert_eq!(delivery.body, up.wait_for(1)[0].body);
}

#[test]
fn what_waits_survives_a_crash_and_what_was_delivered_is_not_sent_again() {
    let away = Hook::nowhere();
    let up = Hook::listen("127.0.0.1:0".parse().unwrap());
    let client = PlainClient::default();
    let hooks = || vec![to("away", away), to("up", up.address)];
    let bench = Bench::start_with(configure(hooks(), &client));
    bench.post(&fixture("refresh-reused", "positive"));
    let id = up.wait_for(1)[0].header("x-jwtrail-alert-id").to_owned();
    client.wait_for_failures(1);
    // The row is removed after the answer: stop waits for neither, so see that it is gone.
    while bench.client.get("/api/v1/health").json()["outputs"][1]["queued"] != 0 {}

    let bench = bench.crash(configure(hooks(), &client));
    let back = Hook::listen(away);
    assert_eq!(back.wait_for(1)[0].header("x-jwtrail-alert-id"), id);
    // Another alert goes through both queues; what stood before it would have come first.
    bench.post(&fixture("token-repeated-rejections", "positive"));
    back.wait_for(2);
    let all = up.wait_for(2);
    assert_eq!(all.len(), 2);
    assert_ne!(all[1].header("x-jwtrail-alert-id"), id);
    assert_eq!(up.count(), 2);
}

#[test]
fn what_is_refused_for_good_lets_the_others_pass_and_is_tried_at_the_next_start() {
    let hook = Hook::listen("127.0.0.1:0".parse().unwrap());
    let hooks = || vec![to("hook", hook.address)];
    let client = PlainClient::default();
    let attempts = |config: &mut MonitorConfig| config.limits.webhook_attempts = 3;
    hook.refuse(Some(("refresh-reused", 400)));
    let configured = configure(hooks(), &client);
    let bench = Bench::start_with(|config| {
        configured(config);
        attempts(config);
    });
    bench.post(&fixture("refresh-reused", "positive"));
    client.wait_for_failures(3);
    bench.post_as("other", &fixture("token-repeated-rejections", "positive"));
    let first = hook.wait_for(1);
    assert_ne!(first[0].json()["alert"]["rule"], "refresh-reused");
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["outputs"][0]["failed"], 1, "{health}");

    hook.refuse(None);
    let bench = bench.crash(configure(hooks(), &client));
    let refused =
        |delivery: &crate::support::Delivery| delivery.json()["alert"]["rule"] == "refresh-reused";
    let mut count = first.len();
    while !hook.wait_for(count).iter().any(refused) {
        count += 1;
    }
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["outputs"][0]["failed"], 0, "{health}");
}

#[test]
fn what_is_only_busy_is_waited_for() {
    let hook = Hook::listen("127.0.0.1:0".parse().unwrap());
    let client = PlainClient::default();
    let configured = configure(vec![to("hook", hook.address)], &client);
    let bench = Bench::start_with(|config| {
        configured(config);
        config.limits.webhook_attempts = 1;
    });
    hook.refuse(Some(("refresh-reused", 429)));
    bench.post(&fixture("refresh-reused", "positive"));
    client.wait_for_failures(3);
    hook.refuse(Some(("refresh-reused", 503)));
    client.wait_for_failures(6);
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["outputs"][0]["failed"], 0, "{health}");
    hook.refuse(None);
    hook.wait_for(1);
}

#[test]
fn an_output_that_is_changed_or_silenced_is_on_record_once() {
    let client = PlainClient::default();
    let place = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let outputs = |hooks: Vec<AlertOutput>| configure(hooks, &client);
    let bench = Bench::start_with(outputs(vec![to("pager", place(1)), to("chat", place(2))]));
    let bench = bench.restart(outputs(vec![to("chat", place(2)), to("pager", place(1))]));
    let changed = vec![to("pager", place(9)), to("mail", place(3))];
    // A crash right after the start, and starts without a change.
    let bench = bench.restart(outputs(changed.clone()));
    let bench = bench.crash(outputs(changed.clone()));
    let bench = bench.restart(outputs(changed)).restart(outputs(Vec::new()));
    let bench = bench.restart(outputs(Vec::new()));
    let found = bench.client.get("/api/v1/events?limit=1000").json();
    let events = found["events"].as_array().unwrap().iter();
    let told = events.filter(|event| event["event"] == "output.changed");
    let mut told: Vec<_> = told
        .map(|event| {
            assert_eq!(event["actor"], "configuration");
            event["target"].as_str().unwrap().to_owned()
        })
        .collect();
    told.sort_unstable();
    let expected = [
        "chat removed",
        "mail added",
        "mail removed",
        "pager changed",
        "pager removed",
    ];
    assert_eq!(told, expected);
    assert!(!found.to_string().contains(SECRET));
}
