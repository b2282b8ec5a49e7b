//! An alert that becomes worse: who routes by the severity hears of it.

use std::collections::BTreeMap;

use jwtrail_event::{Reason, Record, Timestamp, Trust};
use jwtrail_monitor::{AlertFormat, AlertOutput, MonitorConfig};
use serde_json::Value;

use crate::support::{
    Bench, Delivery, Hook, PlainClient, decision, lines, now, without_heartbeats,
};
use crate::webhook::{configure, to};

/// What an Alertmanager holds: it knows an alert by its labels, and takes what comes later.
#[derive(Debug, Default)]
struct Held(BTreeMap<String, (Timestamp, Timestamp)>);

impl Held {
    fn take(deliveries: &[Delivery]) -> Self {
        let mut held = Self::default();
        for alert in deliveries.iter().flat_map(|delivery| {
            let alerts = delivery.json();
            alerts.as_array().unwrap().clone()
        }) {
            let time = |name: &str| alert[name].as_str().unwrap().parse::<Timestamp>().unwrap();
            let (starts, ends) = (time("startsAt"), time("endsAt"));
            assert!(starts <= ends, "it would be refused: {alert}");
            held.0.insert(alert["labels"].to_string(), (starts, ends));
        }
        held
    }

    /// The severities of what goes on, by the labels that people route by.
    fn firing(&self) -> Vec<String> {
        let firing = self.0.iter().filter(|(_, (_, ends))| *ends > now());
        firing
            .map(|(labels, _)| {
                let labels: Value = serde_json::from_str(labels).unwrap();
                labels["severity"].as_str().unwrap().to_owned()
            })
            .collect()
    }
}

#[test]
fn the_former_severity_ends_where_the_new_one_begins() {
    let manager = Hook::listen("127.0.0.1:0".parse().unwrap());
    let (hook, chat) = (listening(), listening());
    let client = PlainClient::default();
    let outputs = vec![
        unsigned("manager", &manager, AlertFormat::Alertmanager),
        to("hook", hook.address),
        unsigned("chat", &chat, AlertFormat::Slack),
        unsigned("siem", &listening(), AlertFormat::Ocsf),
    ];
    let configured = configure(outputs, &client);
    let bench = Bench::start_with(|config| {
        configured(config);
        without_heartbeats(config);
    });
    bench.post(&lines(&[forged(1, "orders-api")]));
    assert_eq!(Held::take(&manager.wait_for(1)).firing(), ["informational"]);

    // That another service is concerned as well is no reason to take it for another.
    raise_to_high(&bench);
    let told = manager.wait_for(2);
    assert_eq!(Held::take(&told).firing(), ["high"]);
    assert_eq!(told[1].json().as_array().unwrap().len(), 2);

    let escalated = &hook.wait_for(2)[1];
    let body = escalated.json();
    assert_eq!(body["notice"], "escalated");
    assert_eq!(body["before"]["severity"], "informational");
    assert_eq!(body["alert"]["severity"], "high");
    let id = body["alert"]["id"].as_str().unwrap();
    assert_eq!(
        escalated.header("x-jwtrail-idempotency-key"),
        format!("{id}:raised:high")
    );
    let text = chat.wait_for(2)[1].json()["text"].to_string();
    assert!(text.contains("[high, was informational]"), "{text}");

    bench.clock.advance_seconds(86_400);
    let told = manager.wait_for(3);
    assert_eq!(Held::take(&told).firing(), [""; 0]);
    assert_eq!(Held::take(&told).0.len(), 2, "nothing that was never told");
    assert_eq!(hook.wait_for(3)[2].json()["notice"], "resolved");
}

#[test]
fn what_rose_while_the_output_was_down_is_told_in_order_after_a_crash() {
    let away = Hook::nowhere();
    let client = PlainClient::default();
    let up = listening();
    let outputs = || {
        let url = format!("http://{away}");
        let manager = AlertOutput::unsigned("manager", url, AlertFormat::Alertmanager);
        let configured = configure(vec![manager, to("up", up.address)], &client);
        |config: &mut MonitorConfig| {
            configured(config);
            without_heartbeats(config);
        }
    };
    let bench = Bench::start_with(outputs());
    bench.post(&lines(&[forged(1, "orders-api")]));
    up.wait_for(1);
    raise_to_high(&bench);
    up.wait_for(2);
    client.wait_for_failures(1);

    let bench = bench.crash(outputs());
    let back = Hook::listen(away);
    assert_eq!(Held::take(&back.wait_for(2)).firing(), ["high"]);
    let first = &back.wait_for(1)[0].json();
    assert_eq!(first.as_array().unwrap().len(), 1);
    assert_eq!(first[0]["labels"]["severity"], "informational");

    // Neither is it told again.
    bench.clock.advance_seconds(86_400);
    let told = back.wait_for(3);
    assert_eq!(told.len(), 3);
    assert_eq!(Held::take(&told).firing(), [""; 0]);
}

fn listening() -> Hook {
    Hook::listen("127.0.0.1:0".parse().unwrap())
}

fn unsigned(name: &str, hook: &Hook, format: AlertFormat) -> AlertOutput {
    AlertOutput::unsigned(name, format!("http://{}", hook.address), format)
}

/// A token that somebody forged, from the same address each time.
pub(crate) fn forged(number: u32, service: &'static str) -> Record<'static> {
    let mut record = decision(u128::from(number), at(number), false);
    record.service = service.into();
    record.trust = Trust::None;
    record.reason = Some(Reason::AlgorithmNotAllowed);
    record.token_jti = None;
    record.token_sub = None;
    record.token_iss = None;
    record
}

/// So many more at another service that it is high.
pub(crate) fn raise_to_high(bench: &Bench) {
    let credential = bench
        .monitor
        .producer_credential("billing", &["billing-api"]);
    let producer = bench.anonymous().bearer(credential.unwrap().expose());
    let more = (2..=5).map(|number| forged(number, "billing-api"));
    let body = lines(&more.collect::<Vec<_>>());
    assert_eq!(producer.post("/api/v1/events", &body).status, 200);
}

fn at(second: u32) -> Timestamp {
    now().plus_micros((i64::from(second) - 60) * 1_000_000)
}
