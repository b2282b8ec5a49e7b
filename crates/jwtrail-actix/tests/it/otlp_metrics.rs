//! Metrics for a collector: the same as a scrape says, and what is missed comes later.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_actix::{Metrics, OtlpMetrics, OtlpMetricsError};
use jwtrail_event::SecretToken;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};
use prost::Message as _;
use tokio::sync::watch;

use crate::client::Call;
use crate::monitor_stub::within;
use crate::server::{Service, Setup};
use crate::stub_server::StubServer;

#[actix_web::test]
async fn a_collector_gets_what_a_scrape_says() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let collected = Collected::default();
    let collector = collected.serve();
    let metrics = Metrics::of(&service.trail).cache_of(&service.auth);
    let export = OtlpMetrics::http(&collector.url(), metrics.clone())
        .bearer(&SecretToken::new("collector-key".to_owned()))
        .every(Duration::from_millis(20))
        .start()
        .unwrap();
    service.clock.advance_seconds(5);
    for id in ["1", "2", "3"] {
        let call = Call::get("/orders/7").bearer(&token).id(id);
        assert_eq!(call.send(service.address).await.status(), 200);
    }

    let last = collected.until(|sent| decisions(&sent.export) == 3).await;

    assert_eq!(last.authorization, "Bearer collector-key");
    let resource = &last.export.resource_metrics[0];
    let attributes = &resource.resource.as_ref().unwrap().attributes;
    let keys: Vec<&str> = attributes.iter().map(|pair| pair.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "service.name",
            "service.version",
            "service.instance.id",
            "jwtrail.boot_id"
        ]
    );
    let sent = all(&last.export);
    let text = metrics.text();
    let sampled = text.lines().filter(|line| !line.starts_with('#'));
    let sampled: BTreeSet<&str> = sampled
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(|name| {
            let ends = ["_bucket", "_sum", "_count"];
            let base = ends.iter().find_map(|end| name.strip_suffix(end));
            base.unwrap_or(name)
        })
        .collect();
    let names: BTreeSet<&str> = sent.iter().map(|metric| metric.name.as_str()).collect();
    assert_eq!(names, sampled);

    let durations = named(&sent, "jwtrail_request_duration_seconds");
    assert_eq!(durations.unit, "s");
    let Some(Data::Histogram(histogram)) = &durations.data else {
        panic!("{durations:?}")
    };
    let point = &histogram.data_points[0];
    assert_eq!(
        (point.count, point.bucket_counts.iter().sum::<u64>()),
        (3, 3)
    );
    assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
    assert!(point.explicit_bounds.is_sorted());
    assert_eq!(
        point.time_unix_nano - point.start_time_unix_nano,
        5_000_000_000
    );

    export.stop().await;
    collector.kill().await;
    service.finish().await.sent(&[token]).complies(3);
}

#[actix_web::test]
async fn what_a_collector_missed_is_in_the_next_sums() {
    let service = Service::start(&Setup::default());
    let collected = Collected::default();
    collected.refuses.store(true, Ordering::SeqCst);
    let collector = collected.serve();
    let export = OtlpMetrics::http(&collector.url(), Metrics::of(&service.trail))
        .every(Duration::from_millis(20))
        .start()
        .unwrap();
    for _ in 0..2 {
        Call::get("/orders/7").send(service.address).await;
    }
    let refused = collected.until(|sent| decisions(&sent.export) == 2).await;
    assert!(!refused.taken);
    Call::get("/orders/7").send(service.address).await;
    collected.refuses.store(false, Ordering::SeqCst);
    let whole = |sent: &Sent| sent.taken && decisions(&sent.export) == 3;
    collected.until(whole).await;
    export.stop().await;
    collector.kill().await;
    service.finish().await.complies(3);
}

#[actix_web::test]
async fn a_stop_sends_a_last_time() {
    let service = Service::start(&Setup::default());
    let collected = Collected::default();
    let collector = collected.serve();
    let export = OtlpMetrics::http(&collector.url(), Metrics::of(&service.trail));
    let export = export.every(Duration::from_secs(3_600)).start().unwrap();
    Call::get("/orders/7").send(service.address).await;
    export.stop().await;
    export.stop().await;
    let last = collected.until(|_| true).await;
    assert_eq!(decisions(&last.export), 1);
    assert_eq!(collected.sent.borrow().len(), 1);
    collector.kill().await;
    service.finish().await.complies(1);
}

#[actix_web::test]
async fn what_cannot_be_sent_is_refused_at_the_start() {
    let service = Service::start(&Setup::default());
    let to = |url| OtlpMetrics::http(url, Metrics::of(&service.trail));
    for url in ["collector:4318", "ftp://collector"] {
        let error = to(url).start().unwrap_err();
        assert!(matches!(error, OtlpMetricsError::Url { .. }), "{error}");
    }
    let key = SecretToken::new("two\nlines".to_owned());
    let error = to("http://collector").header("x-key", key).start();
    let error = error.unwrap_err();
    assert!(matches!(&error, OtlpMetricsError::Header { name } if name == "x-key"));
    assert!(!format!("{error} {error:?}").contains("lines\""));
    service.finish().await.complies(0);
}

/// What came, whatever was answered.
#[derive(Clone)]
struct Collected {
    sent: Arc<watch::Sender<Vec<Sent>>>,
    refuses: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Sent {
    export: ExportMetricsServiceRequest,
    authorization: String,
    taken: bool,
}

impl Default for Collected {
    fn default() -> Self {
        Self {
            sent: Arc::new(watch::channel(Vec::new()).0),
            refuses: Arc::default(),
        }
    }
}

impl Collected {
    fn serve(&self) -> StubServer {
        let data = web::Data::new(self.clone());
        StubServer::start(None, move |config| {
            let config = config.app_data(data.clone());
            config.route("/v1/metrics", web::post().to(take));
        })
    }

    async fn until(&self, is: impl Fn(&Sent) -> bool) -> Sent {
        let mut seen = self.sent.subscribe();
        let seen = within(seen.wait_for(|sent| sent.last().is_some_and(&is))).await;
        seen.unwrap().last().unwrap().clone()
    }
}

async fn take(
    request: HttpRequest,
    body: web::Bytes,
    collected: web::Data<Collected>,
) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    assert_eq!(header("content-type"), "application/x-protobuf");
    let refuses = collected.refuses.load(Ordering::SeqCst);
    let sent = Sent {
        export: ExportMetricsServiceRequest::decode(body).unwrap(),
        authorization: header("authorization"),
        taken: !refuses,
    };
    collected.sent.send_modify(|all| all.push(sent));
    if refuses {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().finish()
}

fn all(export: &ExportMetricsServiceRequest) -> Vec<Metric> {
    let scopes = export.resource_metrics.iter();
    let scopes = scopes.flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| scope.metrics.clone()).collect()
}

fn named(metrics: &[Metric], name: &str) -> Metric {
    let mut found = metrics.iter().filter(|metric| metric.name == name);
    found.next().unwrap().clone()
}

/// How many decisions it counts, of every kind together.
fn decisions(export: &ExportMetricsServiceRequest) -> u64 {
    use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
    let metrics = all(export);
    let found = metrics
        .iter()
        .find(|metric| metric.name == "jwtrail_decisions_total");
    let Some(Data::Sum(sum)) = found.and_then(|metric| metric.data.clone()) else {
        return 0;
    };
    assert!(sum.is_monotonic);
    let cumulative = AggregationTemporality::Cumulative;
    assert_eq!(sum.aggregation_temporality(), cumulative);
    let counts = sum.data_points.iter().map(|point| match point.value {
        Some(Value::AsInt(count)) => u64::try_from(count).unwrap(),
        other => panic!("{other:?}"),
    });
    counts.sum()
}
