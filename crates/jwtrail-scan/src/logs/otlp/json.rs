use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::message::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, LogRecord, LogsData, Resource, ResourceLogs,
    Scope, ScopeLogs, any_value,
};

/// The export that a JSON value is: lowerCamelCase names, 64-bit numbers as texts or numbers,
/// ids in hexadecimal. What does not fit is passed over.
pub(super) fn logs_data(json: &Json) -> Option<LogsData> {
    let resource_logs = json.get("resourceLogs")?.as_array()?;
    Some(LogsData {
        resource_logs: resource_logs.iter().map(of_resource).collect(),
    })
}

fn of_resource(json: &Json) -> ResourceLogs {
    ResourceLogs {
        resource: json.get("resource").map(|resource| Resource {
            attributes: pairs(resource.get("attributes")),
        }),
        scope_logs: items(json.get("scopeLogs")).map(of_scope).collect(),
    }
}

fn of_scope(json: &Json) -> ScopeLogs {
    ScopeLogs {
        scope: json.get("scope").map(|scope| Scope {
            name: text(scope, "name"),
        }),
        log_records: items(json.get("logRecords")).map(record).collect(),
    }
}

fn record(json: &Json) -> LogRecord {
    LogRecord {
        time_unix_nano: number(json, "timeUnixNano"),
        severity_text: text(json, "severityText"),
        body: json.get("body").map(|body| any(body, 0)),
        attributes: pairs(json.get("attributes")),
        trace_id: id(json, "traceId"),
        span_id: id(json, "spanId"),
        observed_time_unix_nano: number(json, "observedTimeUnixNano"),
        event_name: text(json, "eventName"),
    }
}

fn pairs(json: Option<&Json>) -> Vec<KeyValue> {
    items(json).map(|pair| key_value(pair, 0)).collect()
}

fn key_value(json: &Json, depth: usize) -> KeyValue {
    KeyValue {
        key: text(json, "key"),
        value: json.get("value").map(|value| any(value, depth)),
    }
}

fn any(json: &Json, depth: usize) -> AnyValue {
    let value = (depth <= super::MAX_DEPTH)
        .then(|| value(json, depth))
        .flatten();
    AnyValue { value }
}

fn value(json: &Json, depth: usize) -> Option<any_value::Value> {
    use any_value::Value;
    let (kind, inner) = json.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "stringValue" => Value::String(inner.as_str()?.to_owned()),
        "boolValue" => Value::Bool(inner.as_bool()?),
        "intValue" => Value::Int(inner.as_i64().or_else(|| inner.as_str()?.parse().ok())?),
        "doubleValue" => Value::Double(inner.as_f64()?),
        "bytesValue" => Value::Bytes(STANDARD.decode(inner.as_str()?).ok()?),
        "arrayValue" => Value::Array(ArrayValue {
            values: items(inner.get("values"))
                .map(|item| any(item, depth + 1))
                .collect(),
        }),
        "kvlistValue" => Value::Pairs(KeyValueList {
            values: items(inner.get("values"))
                .map(|pair| key_value(pair, depth + 1))
                .collect(),
        }),
        _ => return None,
    })
}

fn items(json: Option<&Json>) -> impl Iterator<Item = &Json> {
    json.and_then(Json::as_array).into_iter().flatten()
}

fn text(json: &Json, name: &str) -> String {
    let text = json.get(name).and_then(Json::as_str);
    text.unwrap_or_default().to_owned()
}

fn number(json: &Json, name: &str) -> u64 {
    let number = json.get(name);
    number
        .and_then(|number| number.as_u64().or_else(|| number.as_str()?.parse().ok()))
        .unwrap_or(0)
}

fn id(json: &Json, name: &str) -> Vec<u8> {
    let digits = json.get(name).and_then(Json::as_str).unwrap_or_default();
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.unwrap_or_default()
}
