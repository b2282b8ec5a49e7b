mod json;
mod message;
mod ours;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_event::Timestamp;
use prost::Message as _;

use self::message::{AnyValue, KeyValue, LogRecord, LogsData, any_value};
use super::{Entry, Fields, LogFormat};

/// The records of an OTLP log export in protobuf (`ExportLogsServiceRequest`).
///
/// A record's attributes keep their names; the resource's are under `resource.`, and `time`,
/// `severity_text`, `event_name`, `body`, `trace_id` and `span_id` are fields like others. Audit
/// events of ours have the names that they have as a line.
///
/// # Errors
/// When the bytes are no such message.
pub fn parse_otlp_protobuf(bytes: &[u8]) -> Result<Vec<Entry>, NotOtlp> {
    let data = LogsData::decode(bytes).map_err(|source| NotOtlp::Protobuf { source })?;
    Ok(entries(&data))
}

/// The same from OTLP's JSON form.
///
/// # Errors
/// When the bytes are no JSON object with `resourceLogs`.
pub fn parse_otlp_json(bytes: &[u8]) -> Result<Vec<Entry>, NotOtlp> {
    let value = serde_json::from_slice(bytes).map_err(|source| NotOtlp::Json { source })?;
    let data = json::logs_data(&value).ok_or(NotOtlp::NoLogs)?;
    Ok(entries(&data))
}

/// Bytes that are no OTLP log export.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotOtlp {
    /// Not this protobuf message.
    #[error("not an OTLP log export in protobuf")]
    Protobuf {
        /// What the decoder met.
        source: prost::DecodeError,
    },
    /// Not JSON.
    #[error("not an OTLP log export in JSON")]
    Json {
        /// What the parser met.
        source: serde_json::Error,
    },
    /// JSON of another kind.
    #[error("a JSON value without `resourceLogs`")]
    NoLogs,
}

fn entries(data: &LogsData) -> Vec<Entry> {
    let mut entries = Vec::new();
    for resource_logs in &data.resource_logs {
        let mut shared = Fields::default();
        if let Some(resource) = &resource_logs.resource {
            attributes(&resource.attributes, "resource", 0, &mut shared);
        }
        for scope_logs in &resource_logs.scope_logs {
            for record in scope_logs.log_records.iter().take(MAX_RECORDS) {
                let mut fields = of_record(record);
                if let Some(scope) = &scope_logs.scope {
                    fields.push("scope.name", scope.name.as_str());
                }
                fields.extend(shared.clone());
                entries.push(match ours::named(&fields) {
                    Some(named) => Entry::new(LogFormat::Audit, named),
                    None => Entry::new(LogFormat::Otlp, fields),
                });
            }
        }
    }
    entries
}

fn of_record(record: &LogRecord) -> Fields {
    let mut fields = Fields::default();
    let nanos = match record.time_unix_nano {
        0 => record.observed_time_unix_nano,
        nanos => nanos,
    };
    if let Ok(micros) = i64::try_from(nanos / 1_000)
        && micros > 0
    {
        fields.push("time", Timestamp::from_micros(micros).to_string());
    }
    for (name, text) in [
        ("severity_text", &record.severity_text),
        ("event_name", &record.event_name),
    ] {
        if !text.is_empty() {
            fields.push(name, text.as_str());
        }
    }
    if let Some(body) = &record.body {
        any(body, "body", 0, &mut fields);
    }
    attributes(&record.attributes, "", 0, &mut fields);
    for (name, id) in [("trace_id", &record.trace_id), ("span_id", &record.span_id)] {
        if id.iter().any(|byte| *byte != 0) {
            fields.push(name, hexadecimal(id));
        }
    }
    fields
}

fn attributes(pairs: &[KeyValue], parent: &str, depth: usize, fields: &mut Fields) {
    for pair in pairs {
        let name = match parent {
            "" => pair.key.clone(),
            parent => format!("{parent}.{}", pair.key),
        };
        if let Some(value) = &pair.value {
            any(value, &name, depth, fields);
        }
    }
}

fn any(value: &AnyValue, name: &str, depth: usize, fields: &mut Fields) {
    use any_value::Value;
    if depth > MAX_DEPTH {
        return;
    }
    match &value.value {
        Some(Value::Array(items)) => {
            let words: Vec<String> = items.values.iter().filter_map(scalar).collect();
            if !words.is_empty() {
                fields.push(name, words.join(" "));
            }
            for (number, item) in items.values.iter().enumerate() {
                if scalar(item).is_none() {
                    any(item, &format!("{name}.{number}"), depth + 1, fields);
                }
            }
        }
        Some(Value::Pairs(pairs)) => attributes(&pairs.values, name, depth + 1, fields),
        _ => {
            if let Some(text) = scalar(value) {
                fields.push(name, text);
            }
        }
    }
}

fn scalar(value: &AnyValue) -> Option<String> {
    use any_value::Value;
    match value.value.as_ref()? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Double(value) => Some(value.to_string()),
        Value::Bytes(bytes) => Some(STANDARD.encode(bytes)),
        Value::Array(_) | Value::Pairs(_) => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Deeper values are passed over.
const MAX_DEPTH: usize = 32;
/// How many records of one scope are read.
const MAX_RECORDS: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::message::{ArrayValue, KeyValueList, Resource, ResourceLogs, Scope, ScopeLogs};
    use super::*;

    fn text(value: &str) -> AnyValue {
        AnyValue {
            value: Some(any_value::Value::String(value.to_owned())),
        }
    }

    fn pair(key: &str, value: AnyValue) -> KeyValue {
        KeyValue {
            key: key.to_owned(),
            value: Some(value),
        }
    }

    fn export() -> LogsData {
        let scopes = ArrayValue {
            values: vec![text("read"), text("write")],
        };
        let nested = KeyValueList {
            values: vec![pair("id", text("7"))],
        };
        let record = LogRecord {
            time_unix_nano: 1_795_658_584_000_000_000,
            severity_text: "WARN".to_owned(),
            body: Some(text("token refused")),
            attributes: vec![
                pair("jwtrail.token.jti", text("j-1")),
                pair(
                    "scopes",
                    AnyValue {
                        value: Some(any_value::Value::Array(scopes)),
                    },
                ),
                pair(
                    "user",
                    AnyValue {
                        value: Some(any_value::Value::Pairs(nested)),
                    },
                ),
            ],
            trace_id: vec![0xab; 16],
            ..LogRecord::default()
        };
        LogsData {
            resource_logs: vec![ResourceLogs {
                resource: Some(Resource {
                    attributes: vec![pair("service.name", text("orders"))],
                }),
                scope_logs: vec![ScopeLogs {
                    scope: Some(Scope {
                        name: "auth".to_owned(),
                    }),
                    log_records: vec![record],
                }],
            }],
        }
    }

    const JSON: &str = r#"{"resourceLogs":[{"resource":{"attributes":[
        {"key":"service.name","value":{"stringValue":"orders"}}]},
        "scopeLogs":[{"scope":{"name":"auth"},"logRecords":[{
            "timeUnixNano":"1795658584000000000","severityText":"WARN",
            "body":{"stringValue":"token refused"},
            "attributes":[
                {"key":"jwtrail.token.jti","value":{"stringValue":"j-1"}},
                {"key":"scopes","value":{"arrayValue":{"values":[{"stringValue":"read"},{"stringValue":"write"}]}}},
                {"key":"user","value":{"kvlistValue":{"values":[{"key":"id","value":{"stringValue":"7"}}]}}}],
            "traceId":"abababababababababababababababab"}]}]}]}"#;

    #[test]
    fn both_forms_say_the_same() {
        let from_protobuf = parse_otlp_protobuf(&export().encode_to_vec()).unwrap();
        let from_json = parse_otlp_json(JSON.as_bytes()).unwrap();
        assert_eq!(from_protobuf, from_json);
        let [entry] = from_json.as_slice() else {
            panic!("one record went in")
        };
        assert!(entry.fields.iter().eq([
            ("time", "2026-11-26T02:03:04.000000Z"),
            ("severity_text", "WARN"),
            ("body", "token refused"),
            ("jwtrail.token.jti", "j-1"),
            ("scopes", "read write"),
            ("user.id", "7"),
            ("trace_id", "abababababababababababababababab"),
            ("scope.name", "auth"),
            ("resource.service.name", "orders"),
        ]));
    }

    #[test]
    fn what_is_no_export_is_an_error() {
        assert!(parse_otlp_protobuf(b"\xff\xff").is_err());
        assert!(parse_otlp_json(b"{").is_err());
        assert!(parse_otlp_json(b"{}").is_err());
    }

    #[test]
    fn bombs_are_refused_or_bounded() {
        // An array in an array, a thousand deep: each level is a length and a tag.
        let mut bomb: Vec<u8> = vec![];
        for _ in 0..1_000 {
            let mut array = vec![];
            prost::encoding::bytes::encode(1, &bomb, &mut array);
            let mut any = vec![];
            prost::encoding::bytes::encode(5, &array, &mut any);
            bomb = any;
        }
        assert!(AnyValue::decode(bomb.as_slice()).is_err());
    }
}
