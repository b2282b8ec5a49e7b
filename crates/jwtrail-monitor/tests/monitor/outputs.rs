//! What each kind of output gets.

use std::path::Path;
use std::time::Duration;

use jwtrail_event::Timestamp;
use jwtrail_monitor::{AlertFormat, AlertOutput};
use jwtrail_testkit::ask_until;

use crate::support::{Bench, Hook, PlainClient, fixture, now};
use crate::webhook::configure;

fn listening() -> Hook {
    Hook::listen("127.0.0.1:0".parse().unwrap())
}

fn unsigned(name: &str, hook: &Hook, format: AlertFormat) -> AlertOutput {
    AlertOutput::unsigned(name, format!("http://{}", hook.address), format)
}

/// The lines of a file, once it has so many.
fn lines_of(path: &Path, count: usize) -> Vec<serde_json::Value> {
    let read = || std::fs::read_to_string(path).unwrap_or_default();
    let has_all = || read().ends_with('\n') && read().lines().count() >= count;
    ask_until(Duration::from_secs(60), has_all).unwrap();
    let text = read();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_output_gets_an_alert_in_its_own_way_and_one_that_is_down_delays_none() {
    let (manager, chat, siem) = (listening(), listening(), listening());
    let folder = tempfile::tempdir().unwrap();
    let (ours, findings) = (folder.path().join("ours"), folder.path().join("findings"));
    let outputs = vec![
        AlertOutput::unsigned(
            "away",
            format!("http://{}", Hook::nowhere()),
            AlertFormat::Slack,
        ),
        unsigned("manager", &manager, AlertFormat::Alertmanager),
        unsigned("chat", &chat, AlertFormat::Slack),
        unsigned("siem", &siem, AlertFormat::Ocsf),
        AlertOutput::file("ours", &ours),
        AlertOutput::file("findings", &findings).format(AlertFormat::Ocsf),
        AlertOutput::file("no-folder", folder.path().join("none/alerts")),
    ];
    let client = PlainClient::default();
    let bench = Bench::start_with(configure(outputs, &client));
    bench.post(&fixture("refresh-reused", "positive"));

    let delivery = &manager.wait_for(1)[0];
    assert_eq!(delivery.path, "/api/v2/alerts");
    assert_eq!(delivery.try_header("x-jwtrail-signature"), None);
    is_an_alert_of_alertmanager(&delivery.json());

    let text = chat.wait_for(1)[0].json()["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.starts_with("*[high] "), "{text}");
    assert!(text.contains("rule `refresh-reused`"), "{text}");

    let finding = siem.wait_for(1)[0].json();
    assert_eq!(lines_of(&findings, 1)[0], finding);
    is_the_sample(&finding);

    let ours = &lines_of(&ours, 1)[0];
    assert_eq!(ours["notice"], "raised");
    assert_eq!(ours["alert"]["id"], finding["finding_info"]["uid"]);

    client.wait_for_failures(1);
    let health = bench.client.get("/api/v1/health").json();
    for (at, name) in [(0, "away"), (6, "no-folder")] {
        let output = &health["outputs"][at];
        assert_eq!(
            (&output["name"], &output["queued"]),
            (&name.into(), &1.into())
        );
    }
}

/// As its OpenAPI document demands of a `postableAlert`: labels and annotations are texts, the
/// labels are not empty and have names that Prometheus allows, times are RFC 3339.
fn is_an_alert_of_alertmanager(alerts: &serde_json::Value) {
    let alerts = alerts.as_array().unwrap();
    assert_eq!(alerts.len(), 1);
    let alert = alerts[0].as_object().unwrap();
    for (name, value) in alert {
        match name.as_str() {
            "labels" | "annotations" => {
                for (name, value) in value.as_object().unwrap() {
                    assert!(
                        name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                        "{name}"
                    );
                    assert!(value.is_string(), "{name}");
                }
            }
            "startsAt" | "endsAt" => {
                value.as_str().unwrap().parse::<Timestamp>().unwrap();
            }
            other => panic!("no member of a postableAlert: {other}"),
        }
    }
    assert_eq!(alert["labels"]["alertname"], "refresh-reused");
    let ends: Timestamp = alert["endsAt"].as_str().unwrap().parse().unwrap();
    assert!(ends > now(), "it lasts until we say that it is over");
}

/// A copy of it is read by OCSF's own schema, beside the events.
fn is_the_sample(finding: &serde_json::Value) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/monitor/samples/findings.ndjson"
    );
    let line = format!("{finding}\n");
    if std::env::var_os("JWTRAIL_WRITE_SAMPLES").is_some() {
        std::fs::write(path, &line).unwrap();
    }
    let sample = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        sample == line,
        "tests/monitor/samples/findings.ndjson is not what is sent; run `cargo xtask generate`"
    );
}
