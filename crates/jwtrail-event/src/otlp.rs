//! The record as a log record of OpenTelemetry's protocol (OTLP), for logs.
//!
//! The writer's name stands in the resource, the event's in `EventName`, everything else in
//! attributes: those of OpenTelemetry's semantic conventions where there is one, `jwtrail.*`
//! otherwise.
//!
//! ```
//! use jwtrail_event::{EventName, Outcome, Record, Timestamp, otlp};
//!
//! let time = Timestamp::from_seconds(1_800_000_000);
//! let record = Record::new(EventName::Heartbeat, Outcome::Success, time);
//! let export = otlp::export([&record]);
//! let log = &export.resource_logs[0].scope_logs[0].log_records[0];
//! assert_eq!(log.event_name, "jwtrail.heartbeat");
//! ```

mod attributes;

use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;

pub use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};

use crate::{EventName, Origin, Record, Text};
use attributes::Attributes;

/// One request to a collector, with every record in the order given.
///
/// Records of one writer that follow each other share a resource.
#[must_use]
pub fn export<'r, 'a: 'r>(
    records: impl IntoIterator<Item = &'r Record<'a>>,
) -> ExportLogsServiceRequest {
    let mut export = ExportLogsServiceRequest::default();
    let mut writer = None;
    for record in records {
        let its = [
            record.service.as_str(),
            record.service_version.as_str(),
            record.instance.as_str(),
            record.boot_id.as_str(),
        ];
        if writer != Some(its) {
            writer = Some(its);
            export.resource_logs.push(resource_logs(record));
        }
        let scope = export.resource_logs.last_mut();
        if let Some(scope) = scope.and_then(|logs| logs.scope_logs.last_mut()) {
            scope.log_records.push(log_record(record));
        }
    }
    export
}

/// One record, without what its resource says.
#[must_use]
pub fn log_record(record: &Record<'_>) -> LogRecord {
    let nanos = u64::try_from(record.time.as_micros()).map_or(0, |micros| micros * 1_000);
    LogRecord {
        time_unix_nano: nanos,
        observed_time_unix_nano: nanos,
        severity_number: i32::from(record.event.severity()),
        severity_text: severity_text(record.event).to_owned(),
        event_name: record.event.otel_name().to_owned(),
        body: Some(AnyValue {
            value: Some(Value::StringValue(body(record))),
        }),
        attributes: attributes::of(record),
        trace_id: record.trace_id.as_bits().to_be_bytes().to_vec(),
        span_id: record.span_id.as_bits().to_be_bytes().to_vec(),
        ..LogRecord::default()
    }
}

/// Who writes, for what is no log record: the same resource as that of its records.
#[must_use]
pub fn resource(origin: &Origin) -> Resource {
    let texts = [
        &origin.service,
        &origin.service_version,
        &origin.instance,
        &origin.boot_id,
    ];
    resource_of(texts.map(Text::from))
}

/// The scope that all of it is in.
#[must_use]
pub fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: SCOPE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    }
}

fn resource_of([service, version, instance, boot_id]: [Text<'_>; 4]) -> Resource {
    let mut attributes = Attributes::default();
    attributes.text("service.name", &service);
    attributes.text("service.version", &version);
    attributes.text("service.instance.id", &instance);
    attributes.text("jwtrail.boot_id", &boot_id);
    Resource {
        attributes: attributes.into_inner(),
        ..Resource::default()
    }
}

fn resource_logs(record: &Record<'_>) -> ResourceLogs {
    let texts = [
        &record.service,
        &record.service_version,
        &record.instance,
        &record.boot_id,
    ];
    ResourceLogs {
        resource: Some(resource_of(texts.map(Text::reborrow))),
        scope_logs: vec![ScopeLogs {
            scope: Some(scope()),
            log_records: Vec::new(),
            schema_url: format!("{SCHEMA_URL}{}", record.schema_version),
        }],
        schema_url: String::new(),
    }
}

/// For people: what happened, and why where it failed.
fn body(record: &Record<'_>) -> String {
    match record.reason {
        Some(reason) => format!("{}: {reason}", record.event),
        None => record.event.as_str().to_owned(),
    }
}

fn severity_text(event: EventName) -> &'static str {
    match SeverityNumber::try_from(i32::from(event.severity())) {
        Ok(SeverityNumber::Trace) => "TRACE",
        Ok(SeverityNumber::Info) => "INFO",
        Ok(SeverityNumber::Warn) => "WARN",
        _ => "ERROR",
    }
}

const SCOPE: &str = "jwtrail";
/// The version of the record's schema follows.
const SCHEMA_URL: &str = "https://github.com/jwtrail/jwtrail/schemas/event/";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{FIELD_NAMES, Outcome, Timestamp};

    #[test]
    fn every_field_of_a_full_record_is_there_once() {
        let line = full_line();
        let record = Record::read(line.as_bytes()).unwrap();
        let export = export([&record]);
        let logs = &export.resource_logs[0];
        let log = &logs.scope_logs[0].log_records[0];
        let resource = logs.resource.as_ref().unwrap();
        let mut keys: Vec<_> = log.attributes.iter().map(|a| a.key.as_str()).collect();
        keys.extend(resource.attributes.iter().map(|a| a.key.as_str()));
        let once: BTreeSet<_> = keys.iter().collect();
        assert_eq!(once.len(), keys.len());
        // Those that have a place of their own in the log record or its scope.
        let placed = ["time", "schema_version", "event", "trace_id", "span_id"];
        assert_eq!(keys.len() + placed.len(), FIELD_NAMES.len());
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line.as_object().unwrap().len(), FIELD_NAMES.len());
    }

    #[test]
    fn what_has_a_place_of_its_own_stands_there() {
        let line = full_line();
        let record = Record::read(line.as_bytes()).unwrap();
        let log = log_record(&record);
        assert_eq!(log.time_unix_nano, 1_800_000_000_000_001_000);
        assert_eq!(log.severity_text, "WARN");
        assert_eq!(log.severity_number, 13);
        assert_eq!(log.event_name, "jwtrail.token.rejected");
        assert_eq!(log.trace_id, [[0; 15].as_slice(), &[1]].concat());
        assert_eq!(log.span_id, [0, 0, 0, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn each_writer_has_a_resource_and_the_order_stays() {
        let time = Timestamp::from_seconds(0);
        let of = |service: &'static str, seq| {
            let mut record = Record::new(EventName::Heartbeat, Outcome::Success, time);
            record.service = service.into();
            record.seq = seq;
            record
        };
        let records = [of("a", 0), of("a", 1), of("b", 0), of("a", 2)];
        let export = export(&records);
        let counts = export.resource_logs.iter().map(|logs| {
            let records = &logs.scope_logs[0].log_records;
            records.len()
        });
        assert_eq!(counts.collect::<Vec<_>>(), [2, 1, 1]);
    }

    /// A line with every field, whether or not they can stand together.
    fn full_line() -> String {
        let text = |name: &str| match name {
            "time" | "until" | "received_at" => "\"2027-01-15T08:00:00.000001Z\"".to_owned(),
            "event_id" => "\"019a0000-0000-7000-8000-000000000001\"".to_owned(),
            "schema_version" => "1".to_owned(),
            "kind" => "\"decision\"".to_owned(),
            "event" => "\"token.rejected\"".to_owned(),
            "outcome" => "\"failure\"".to_owned(),
            "reason" => "\"bad_signature\"".to_owned(),
            "trust" => "\"none\"".to_owned(),
            "correlation_source" => "\"incoming\"".to_owned(),
            "trace_id" | "linked_trace_id" => "\"00000000000000000000000000000001\"".to_owned(),
            "span_id" => "\"0000000000000002\"".to_owned(),
            "steps" => "[\"parse:ok\",\"signature:bad_signature\"]".to_owned(),
            "token_aud" => "[\"a\",\"b\"]".to_owned(),
            "authz" => "\"denied\"".to_owned(),
            "hop" => "\"edge\"".to_owned(),
            "exit" => "\"responded\"".to_owned(),
            "cache" => "\"miss\"".to_owned(),
            "dropped_kind" => "\"failed\"".to_owned(),
            "enforced" | "final" => "true".to_owned(),
            "counts" => {
                r#"{"accepted":1,"missing":2,"rejected":3,"denied":4,"limited":5,"dropped":6}"#
                    .to_owned()
            }
            "seq" | "token_exp" | "token_iat" | "refresh_generation" | "status" | "duration_us"
            | "dropped_count" | "last_seq" | "position" => "7".to_owned(),
            other => format!("\"{other}\""),
        };
        let fields = FIELD_NAMES
            .iter()
            .map(|name| format!("\"{name}\":{}", text(name)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}
