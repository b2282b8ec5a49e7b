//! What was counted, as OpenTelemetry's protocol carries it.

use jwtrail_event::{Timestamp, otlp};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};

use crate::Metrics;
use crate::metrics::instruments::{Instruments, Kind};
use crate::trail::Durations;

/// All of it now.
pub(super) fn of(metrics: &Metrics) -> ExportMetricsServiceRequest {
    let trail = &metrics.trail;
    let mut sheet = Sheet {
        metrics: Vec::new(),
        since: nanos(trail.started()),
        now: nanos(trail.clock().now()),
    };
    metrics.families(&mut sheet);
    sheet.metrics.retain(|metric| !is_empty(metric));
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(otlp::resource(trail.origin())),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(otlp::scope()),
                metrics: sheet.metrics,
                schema_url: String::new(),
            }],
            schema_url: String::new(),
        }],
    }
}

struct Sheet {
    metrics: Vec<Metric>,
    since: u64,
    now: u64,
}

impl Sheet {
    fn number(&mut self, labels: &[(&str, &str)], value: Value) {
        let point = NumberDataPoint {
            attributes: attributes(labels),
            start_time_unix_nano: self.since,
            time_unix_nano: self.now,
            value: Some(value),
            ..NumberDataPoint::default()
        };
        match self.data() {
            Some(Data::Sum(sum)) => sum.data_points.push(point),
            Some(Data::Gauge(gauge)) => gauge.data_points.push(NumberDataPoint {
                // A gauge has no beginning.
                start_time_unix_nano: 0,
                ..point
            }),
            _ => {}
        }
    }

    fn data(&mut self) -> Option<&mut Data> {
        self.metrics.last_mut()?.data.as_mut()
    }
}

impl Instruments for Sheet {
    fn begin(&mut self, kind: Kind, name: &'static str, help: &'static str) {
        let temporality = AggregationTemporality::Cumulative.into();
        self.metrics.push(Metric {
            name: name.to_owned(),
            description: help.to_owned(),
            unit: unit(name).to_owned(),
            data: Some(match kind {
                Kind::Counter => Data::Sum(Sum {
                    aggregation_temporality: temporality,
                    is_monotonic: true,
                    ..Sum::default()
                }),
                Kind::Gauge => Data::Gauge(Gauge::default()),
                Kind::Histogram => Data::Histogram(Histogram {
                    aggregation_temporality: temporality,
                    ..Histogram::default()
                }),
            }),
            ..Metric::default()
        });
    }

    fn count(&mut self, labels: &[(&str, &str)], value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.number(labels, Value::AsInt(value));
    }

    fn seconds(&mut self, labels: &[(&str, &str)], micros: u64) {
        self.number(labels, Value::AsDouble(seconds(micros)));
    }

    fn histogram(&mut self, labels: &[(&str, &str)], durations: &Durations) {
        let point = HistogramDataPoint {
            attributes: attributes(labels),
            start_time_unix_nano: self.since,
            time_unix_nano: self.now,
            count: durations.count(),
            sum: Some(seconds(durations.sum_us)),
            bucket_counts: durations.counts.to_vec(),
            explicit_bounds: durations
                .bounds()
                .map(|(bound, _)| seconds(bound))
                .collect(),
            ..HistogramDataPoint::default()
        };
        if let Some(Data::Histogram(histogram)) = self.data() {
            histogram.data_points.push(point);
        }
    }
}

fn is_empty(metric: &Metric) -> bool {
    match &metric.data {
        Some(Data::Sum(sum)) => sum.data_points.is_empty(),
        Some(Data::Gauge(gauge)) => gauge.data_points.is_empty(),
        Some(Data::Histogram(histogram)) => histogram.data_points.is_empty(),
        _ => true,
    }
}

fn attributes(labels: &[(&str, &str)]) -> Vec<KeyValue> {
    let given = labels.iter().filter(|(_, value)| !value.is_empty());
    let pair = |(key, value): &(&str, &str)| KeyValue {
        key: (*key).to_owned(),
        value: Some(AnyValue {
            value: Some(any_value::Value::StringValue((*value).to_owned())),
        }),
        ..KeyValue::default()
    };
    given.map(pair).collect()
}

/// By UCUM, as the names have it.
fn unit(name: &str) -> &'static str {
    if name.ends_with("_seconds") {
        "s"
    } else if name.ends_with("_bytes") {
        "By"
    } else {
        "1"
    }
}

/// Exact up to 2^53 us, which are 285 years.
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1_000_000.0
}

fn nanos(time: Timestamp) -> u64 {
    u64::try_from(time.as_micros()).map_or(0, |micros| micros * 1_000)
}
