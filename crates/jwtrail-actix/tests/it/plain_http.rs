//! Secrets that would be read by whoever is on the way.

use jwtrail_actix::{
    JwtAuth, Metrics, MonitorSink, OtlpMetrics, OtlpMetricsError, OtlpSink, QuarantineError,
    QuarantineList, Trail, TrailBuilder, TrailError,
};
use jwtrail_event::{EventName, SecretToken, Timestamp};
use jwtrail_forge::Forge;
use jwtrail_verify::KeySet;

use crate::capture::Capture;

/// Nobody answers there.
const AWAY: &str = "http://10.255.255.1:4318";

#[test]
fn a_credential_goes_over_tls_or_to_this_machine_or_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let spools = std::cell::Cell::new(0);
    let spool = || {
        spools.set(spools.get() + 1);
        folder.path().join(spools.get().to_string())
    };
    let monitor = |url| {
        trail()
            .monitor(MonitorSink::new(url, secret(), spool()))
            .start()
    };
    let http = |url| {
        trail()
            .otlp(OtlpSink::http(url, spool()).bearer(&secret()))
            .start()
    };
    let grpc = |url| {
        trail()
            .otlp(OtlpSink::grpc(url, spool()).header("x-key", secret()))
            .start()
    };
    let by_url = |url: &str| {
        let url = url.replace("://", "://a:hunter2@");
        trail().otlp(OtlpSink::http_json(&url, spool())).start()
    };
    for url in [
        AWAY,
        "http://localhost.example",
        "http://127.0.0.1@collector.example",
    ] {
        for refused in [monitor(url), http(url), grpc(url), by_url(url)] {
            let error = refused.unwrap_err();
            assert!(
                matches!(error, TrailError::PlainHttp { .. }),
                "{url}: {error}"
            );
            let text = error.to_string();
            assert!(text.contains("`dangerous_plain_http`"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
    for url in ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9"] {
        for started in [monitor(url), http(url), grpc(url), by_url(url)] {
            drop(started.unwrap());
        }
    }
    // Without a credential there is nothing to read but what is sent.
    let started = trail().otlp(OtlpSink::http(AWAY, spool())).start();
    drop(started.unwrap());
}

#[actix_web::test]
async fn who_wants_it_in_clear_says_so_and_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let captured = Capture::default();
    let sink = MonitorSink::new(AWAY, secret(), folder.path());
    let trail = trail()
        .sink(captured.sink())
        .monitor(sink.dangerous_plain_http())
        .start()
        .unwrap();
    trail.stop().await;
    assert_eq!(unsafe_options(&captured), 1);
}

#[actix_web::test]
async fn metrics_and_the_quarantine_list_are_held_to_the_same() {
    let captured = Capture::default();
    let trail = trail().sink(captured.sink()).start().unwrap();
    let metrics = || OtlpMetrics::http(AWAY, Metrics::of(&trail)).bearer(&secret());
    let refused = metrics().start().unwrap_err();
    assert!(
        matches!(refused, OtlpMetricsError::PlainHttp { .. }),
        "{refused}"
    );
    let open = OtlpMetrics::http(AWAY, Metrics::of(&trail)).start();
    drop(open.unwrap());
    let list = || QuarantineList::from_monitor(AWAY, secret());
    let refused = list().start().unwrap_err();
    assert!(
        matches!(refused, QuarantineError::PlainHttp { .. }),
        "{refused}"
    );

    drop(metrics().dangerous_plain_http().start().unwrap());
    let list = list().dangerous_plain_http().start().unwrap();
    let forge = Forge::new(Timestamp::from_seconds(0));
    let keys = KeySet::from_jwks(forge.jwks()).unwrap();
    let auth = JwtAuth::builder().issuer(forge.issuer(), keys);
    let auth = auth.audience("orders-api").audit(&trail).quarantine(&list);
    drop(auth.build().unwrap());
    trail.stop().await;
    assert_eq!(unsafe_options(&captured), 2);
}

fn trail() -> TrailBuilder {
    Trail::builder("orders-api")
}

fn secret() -> SecretToken {
    SecretToken::new("hunter2".to_owned())
}

fn unsafe_options(captured: &Capture) -> usize {
    let records = captured.records();
    let option = "\"option\":\"dangerous_plain_http\"";
    let is_it = |line: &str| line.contains(option);
    let unsafe_ones = records
        .iter()
        .filter(|record| record.event == EventName::ConfigUnsafe);
    unsafe_ones.filter(|record| is_it(&record.line)).count()
}
