//! The sink for collectors of OpenTelemetry, over HTTP and over gRPC.

#[cfg(feature = "otlp-grpc")]
mod grpc;

use std::path::Path;
use std::time::Duration;

use actix_web::HttpResponse;
use jwtrail_actix::{OtlpSink, Trail, TrailError};
use jwtrail_event::otlp::{self, ExportLogsServiceResponse};
use jwtrail_event::{Record, SecretToken};
use prost::Message as _;

use crate::capture::Capture;
use crate::collector_stub::{Collected, CollectorStub, Log, logs as logs_of, note};
use crate::logs::logs;
use crate::stub_server::StubServer;

fn trail(sink: OtlpSink) -> Trail {
    Trail::builder("orders-api").otlp(sink).start().unwrap()
}

fn to(collector: &StubServer, spool: &Path) -> OtlpSink {
    OtlpSink::http(&collector.url(), spool)
}

fn noted(logs: &[Log]) -> Vec<String> {
    logs.iter()
        .filter_map(|log| log.text("jwtrail.target"))
        .collect()
}

#[actix_web::test]
async fn a_collector_that_was_away_gets_everything_in_order_as_the_lines_have_it() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = CollectorStub::start(&collected);
    let address = collector.address;
    let lines = Capture::default();
    let trail = Trail::builder("orders-api")
        .otlp(to(&collector, spool.path()))
        .sink(lines.sink());
    let trail = trail.start().unwrap();
    note(&trail, "before");
    collected.target("before").await;
    collector.kill().await;
    for number in 0..2_000 {
        note(&trail, &format!("away-{number}"));
    }
    trail.flush().await;
    let collector = CollectorStub::start_on(&collected, address);
    note(&trail, "after");
    collected.target("after").await;
    trail.stop().await;
    collector.kill().await;

    let lines = lines.bytes();
    let records: Vec<Record<'_>> = lines
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| Record::read(line).unwrap())
        .collect();
    assert_eq!(collected.once(), logs_of(&[otlp::export(&records)]));
    // A heartbeat's number may come before one that another thread took earlier.
    let mut seqs: Vec<u64> = collected.once().iter().map(Log::seq).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (0..records.len() as u64).collect::<Vec<_>>());
}

#[actix_web::test]
async fn json_says_the_same() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = CollectorStub::start(&collected);
    let trail = trail(OtlpSink::http_json(&collector.url(), spool.path()));
    note(&trail, "as JSON");
    trail.stop().await;
    collector.kill().await;
    assert_eq!(noted(&collected.once()), ["as JSON"]);
}

#[actix_web::test]
async fn what_the_collector_rejects_is_counted_and_said() {
    logs();
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    collected.answer_with(|| {
        let partial = otlp::ExportLogsPartialSuccess {
            rejected_log_records: 1,
            error_message: "one too many for this test".to_owned(),
        };
        let answer = ExportLogsServiceResponse {
            partial_success: Some(partial),
        };
        HttpResponse::Ok().body(answer.encode_to_vec())
    });
    let collector = CollectorStub::start(&collected);
    let trail = trail(to(&collector, spool.path()));
    note(&trail, "a");
    collected.event("jwtrail.audit.dropped").await;
    assert!(trail.counts().dropped >= 1);
    trail.stop().await;
    collector.kill().await;
    let dropped = collected.once();
    let dropped = dropped
        .iter()
        .find(|log| log.event_name == "jwtrail.audit.dropped");
    let sink = dropped.unwrap().text("jwtrail.sink").unwrap();
    assert!(sink.starts_with("otlp:http://127.0.0.1:"));
    let said = String::from_utf8(logs().bytes()).unwrap();
    assert!(said.contains("one too many for this test"));
}

#[actix_web::test]
async fn what_it_will_never_take_is_given_up_in_small_pieces_and_the_rest_goes_on() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = CollectorStub::start(&collected);
    collected.answer_with(|| HttpResponse::BadRequest().finish());
    let trail = trail(to(&collector, spool.path()));
    for number in 0..3_000 {
        note(&trail, &number.to_string());
    }
    trail.flush().await;
    let attempts = collected.attempts(6).await;
    collected.answer_with(|| HttpResponse::Ok().finish());
    note(&trail, "end");
    collected.target("end").await;
    trail.stop().await;
    collector.kill().await;
    assert!(attempts.last().unwrap().records < 1_000);
    let taken = collected.once().len() as u64;
    let last = collected.once().last().unwrap().seq();
    assert_eq!(taken + trail.counts().dropped, last + 1);
    assert!(trail.counts().dropped > 0);
}

#[actix_web::test]
async fn it_comes_again_when_the_collector_says_and_not_before() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = CollectorStub::start(&collected);
    collected.answer_with(|| {
        let mut busy = HttpResponse::ServiceUnavailable();
        busy.insert_header(("retry-after", "1")).finish()
    });
    let trail = trail(to(&collector, spool.path()));
    note(&trail, "patience");
    let attempts = collected.attempts(2).await;
    assert!(attempts[1].at - attempts[0].at >= Duration::from_secs(1));
    collected.answer_with(|| HttpResponse::Ok().finish());
    collected.target("patience").await;
    trail.stop().await;
    collector.kill().await;
}

#[actix_web::test]
async fn the_credential_is_sent_and_said_nowhere() {
    logs();
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = CollectorStub::start(&collected);
    collected.answer_with(|| HttpResponse::Forbidden().finish());
    let credential = SecretToken::new("credential-of-the-collector\n".to_owned());
    let sink = to(&collector, spool.path()).bearer(&credential);
    assert!(!format!("{sink:?}").contains("credential-of"));
    let trail = trail(sink);
    note(&trail, "kept");
    let attempts = collected.attempts(1).await;
    let sent = attempts[0].authorization.as_deref();
    assert_eq!(sent, Some("Bearer credential-of-the-collector"));
    collected.answer_with(|| HttpResponse::Ok().finish());
    collected.target("kept").await;
    trail.stop().await;
    let said = String::from_utf8(logs().bytes()).unwrap();
    let refused = said
        .lines()
        .find(|line| line.contains("the collector refuses") && line.contains(&collector.url()));
    assert!(refused.unwrap().contains("check the headers"));
    assert!(!said.contains("credential-of-the-collector"));
    collector.kill().await;
}

#[test]
fn an_address_that_is_no_url_and_a_header_that_cannot_be_sent_are_refused() {
    let spool = tempfile::tempdir().unwrap();
    let start = |sink: OtlpSink| {
        let trail = Trail::builder("orders-api").otlp(sink);
        trail.start().unwrap_err()
    };
    let error = start(OtlpSink::http("collector:4318", spool.path()));
    assert!(matches!(error, TrailError::CollectorUrl { .. }));
    let value = SecretToken::new("two\nlines".to_owned());
    let sink = OtlpSink::http("http://127.0.0.1:1", spool.path()).header("x-key", value);
    let error = start(sink);
    assert!(matches!(&error, TrailError::CollectorHeader { name } if name == "x-key"));
    assert!(!error.to_string().contains("lines\n"));
}
