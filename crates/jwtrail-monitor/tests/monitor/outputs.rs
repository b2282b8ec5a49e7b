//! What each kind of output gets.

use std::path::Path;
use std::time::Duration;

use jwtrail_event::otlp::ExportLogsServiceRequest;
use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_monitor::{AlertFormat, AlertOutput};
use jwtrail_testkit::ask_until;

use crate::quarantine::until;
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

#[test]
fn a_collector_gets_the_finding_in_a_log_record() {
    let (collector, siem) = (listening(), listening());
    let token = SecretToken::new("hunter2".to_owned());
    let outputs = vec![
        AlertOutput::otlp(
            "collector",
            format!("http://{}/", collector.address),
            Some(token),
        ),
        unsigned("siem", &siem, AlertFormat::Ocsf),
    ];
    let client = PlainClient::default();
    let bench = Bench::start_with(configure(outputs, &client));
    bench.post(&fixture("refresh-reused", "positive"));
    let delivery = &collector.wait_for(1)[0];
    assert_eq!(delivery.path, "/v1/logs");
    assert_eq!(delivery.header("authorization"), "Bearer hunter2");
    assert_eq!(delivery.try_header("x-jwtrail-signature"), None);
    // As the messages of the protocol's own definition read it.
    let export: ExportLogsServiceRequest = serde_json::from_str(&delivery.body).unwrap();
    let scope = &export.resource_logs[0].scope_logs[0];
    let log = &scope.log_records[0];
    assert_eq!(log.event_name, "jwtrail.alert.raised");
    assert_eq!(log.severity_text, "ERROR");
    let finding = siem.wait_for(1)[0].json();
    let millis = finding["time"].as_u64().unwrap();
    assert_eq!(log.time_unix_nano, millis * 1_000_000);
    let body = &delivery.json()["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"];
    assert_eq!(plain(body), finding);
    assert!(log.body.is_some());
}

#[test]
fn what_a_collector_does_not_keep_is_set_aside() {
    let collector = listening();
    collector.say(r#"{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no"}}"#);
    let url = format!("http://{}", collector.address);
    let client = PlainClient::default();
    let configured = configure(vec![AlertOutput::otlp("collector", url, None)], &client);
    let bench = Bench::start_with(|config| {
        configured(config);
        config.limits.webhook_attempts = 2;
    });
    bench.post(&fixture("refresh-reused", "positive"));
    collector.wait_for(2);
    let output = || bench.client.get("/api/v1/health").json()["outputs"][0].clone();
    until(|| output()["failed"] == 1);
    assert_eq!(output()["last_error"], "the collector does not keep it");
}

/// A value of the protocol as plain JSON.
fn plain(value: &serde_json::Value) -> serde_json::Value {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "intValue" => inner.as_str().unwrap().parse::<i64>().unwrap().into(),
        "arrayValue" => inner["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(plain)
            .collect(),
        "kvlistValue" => {
            let members = inner["values"].as_array().unwrap().iter();
            let members = members.map(|pair| {
                (
                    pair["key"].as_str().unwrap().to_owned(),
                    plain(&pair["value"]),
                )
            });
            serde_json::Value::Object(members.collect())
        }
        _ => inner.clone(),
    }
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
