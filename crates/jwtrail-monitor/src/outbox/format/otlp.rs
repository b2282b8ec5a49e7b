use jwtrail_detect::Severity;
use jwtrail_event::Timestamp;
use serde_json::{Map, Value, json};

use super::{Told, finding};

/// A request to a collector of OpenTelemetry, in the JSON of its protocol: one log record, whose
/// body is the Detection Finding.
pub(super) fn body(told: &Told, now: Timestamp) -> Value {
    let alert = &told.alert;
    let (number, text) = severity(alert.severity);
    let finding = finding::body(told);
    let time = finding.get("time").and_then(Value::as_i64).unwrap_or(0);
    json!({
        "resourceLogs": [{
            "resource": { "attributes": [
                attribute("service.name", "jwtrail-monitor"),
                attribute("service.version", env!("CARGO_PKG_VERSION")),
            ] },
            "scopeLogs": [{
                "scope": { "name": "jwtrail", "version": env!("CARGO_PKG_VERSION") },
                "logRecords": [{
                    // 64 bits are text in this JSON.
                    "timeUnixNano": nanos(time.saturating_mul(1_000)),
                    "observedTimeUnixNano": nanos(now.as_micros()),
                    "severityNumber": number,
                    "severityText": text,
                    "eventName": format!("jwtrail.alert.{}", told.notice),
                    "body": any(&finding),
                    "attributes": [
                        attribute("jwtrail.alert_id", &alert.id),
                        attribute("jwtrail.rule", &alert.rule),
                    ],
                }],
            }],
        }],
    })
}

/// Where a collector takes logs.
pub(super) fn url(url: &str) -> String {
    format!("{}/v1/logs", url.trim_end_matches('/'))
}

/// Whether an answer says that the record is not kept, for all its good status.
pub(in crate::outbox) fn is_rejected(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let rejected = answer.pointer("/partialSuccess/rejectedLogRecords");
    match rejected {
        Some(Value::String(number)) => number != "0",
        Some(number) => number.as_i64() != Some(0),
        None => false,
    }
}

fn nanos(micros: i64) -> String {
    micros.max(0).saturating_mul(1_000).to_string()
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// A value as the protocol writes it. What is null is left out.
fn any(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(truth) => json!({ "boolValue": truth }),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => json!({ "intValue": whole.to_string() }),
            None => json!({ "doubleValue": number }),
        },
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(any).collect();
            json!({ "arrayValue": { "values": values } })
        }
        Value::Object(members) => json!({ "kvlistValue": { "values": pairs(members) } }),
    }
}

fn pairs(members: &Map<String, Value>) -> Vec<Value> {
    let members = members.iter();
    members
        .map(|(key, value)| json!({ "key": key, "value": any(value) }))
        .collect()
}

/// The numbers of OpenTelemetry's log data model.
const fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Informational => (9, "INFO"),
        Severity::Low => (10, "INFO2"),
        Severity::Medium => (13, "WARN"),
        Severity::High => (17, "ERROR"),
        Severity::Critical => (21, "FATAL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_that_keeps_nothing_is_understood() {
        for (answer, rejected) in [
            ("", false),
            ("{}", false),
            ("no json", false),
            (r#"{"partialSuccess":{}}"#, false),
            (r#"{"partialSuccess":{"rejectedLogRecords":"0"}}"#, false),
            (r#"{"partialSuccess":{"rejectedLogRecords":0}}"#, false),
            (r#"{"partialSuccess":{"rejectedLogRecords":"1"}}"#, true),
            (r#"{"partialSuccess":{"rejectedLogRecords":1}}"#, true),
        ] {
            assert_eq!(is_rejected(answer.as_bytes()), rejected, "{answer}");
        }
    }

    #[test]
    fn values_of_every_kind_are_written_as_the_protocol_has_them() {
        let value = json!({ "a": [1, 1.5, true, "x", null], "b": {} });
        let expected = json!({ "kvlistValue": { "values": [
            { "key": "a", "value": { "arrayValue": { "values": [
                { "intValue": "1" }, { "doubleValue": 1.5 }, { "boolValue": true },
                { "stringValue": "x" }, {},
            ] } } },
            { "key": "b", "value": { "kvlistValue": { "values": [] } } },
        ] } });
        assert_eq!(any(&value), expected);
    }
}
