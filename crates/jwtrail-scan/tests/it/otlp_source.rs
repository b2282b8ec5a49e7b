use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use jwtrail_event::{Clock, Timestamp};
use jwtrail_scan::LogSource as _;
use jwtrail_scan::sources::OtlpReceiver;
use jwtrail_testkit::TestClock;
use reqwest::{Client, Response, StatusCode};

fn receiver() -> OtlpReceiver {
    let clock: Arc<dyn Clock> = Arc::new(TestClock::new(Timestamp::from_seconds(1_800_000_000)));
    OtlpReceiver::listen(SocketAddr::from(([127, 0, 0, 1], 0)), clock).unwrap()
}

async fn send(
    receiver: &OtlpReceiver,
    path: &str,
    kind: &str,
    coding: Option<&str>,
    body: Vec<u8>,
) -> Response {
    let url = format!("http://{}{path}", receiver.address());
    let mut request = Client::new()
        .post(url)
        .header("content-type", kind)
        .body(body);
    if let Some(coding) = coding {
        request = request.header("content-encoding", coding);
    }
    request.send().await.unwrap()
}

/// A field of a protobuf message that has a length.
fn field(tag: u32, bytes: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    prost::encoding::bytes::encode(tag, &bytes.to_vec(), &mut message);
    message
}

/// `ExportLogsServiceRequest` with one record of one attribute.
fn export(key: &str, value: &str) -> Vec<u8> {
    let any = field(1, value.as_bytes());
    let attribute = [field(1, key.as_bytes()), field(2, &any)].concat();
    let record = field(6, &attribute);
    field(1, &field(2, &field(2, &record)))
}

#[tokio::test]
async fn both_forms_and_gzip_are_taken() {
    let mut receiver = receiver();
    let answer = send(
        &receiver,
        "/v1/logs",
        "application/x-protobuf",
        None,
        export("id", "1"),
    )
    .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let json = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"id","value":{"stringValue":"2"}}]}]}]}]}"#;
    let answer = send(&receiver, "/v1/logs", "application/json", None, json.into()).await;
    assert_eq!(answer.text().await.unwrap(), "{}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&export("id", "3")).unwrap();
    let body = packed.finish().unwrap();
    let answer = send(
        &receiver,
        "/v1/logs",
        "application/x-protobuf",
        Some("gzip"),
        body,
    )
    .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer = send(
        &receiver,
        "/v1/traces",
        "application/x-protobuf",
        None,
        vec![],
    )
    .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let records = receiver.poll().await.unwrap();
    let ids: Vec<&str> = records
        .iter()
        .filter_map(|record| record.field("id"))
        .collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(records[2].offset, 2);
    assert_eq!(records[0].raw, "id=1");
    assert_eq!(receiver.poll().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_no_export_is_refused() {
    let receiver = receiver();
    for (kind, coding, body) in [
        ("application/x-protobuf", None, b"\xff\xff".to_vec()),
        ("application/json", None, b"{}".to_vec()),
        ("application/json", Some("gzip"), b"{}".to_vec()),
        ("application/json", Some("zstd"), b"{}".to_vec()),
    ] {
        let answer = send(&receiver, "/v1/logs", kind, coding, body).await;
        assert_eq!(
            answer.status(),
            StatusCode::BAD_REQUEST,
            "{kind} {coding:?}"
        );
    }
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    bomb.write_all(&vec![0; 17 * 1024 * 1024]).unwrap();
    let answer = send(
        &receiver,
        "/v1/logs",
        "application/x-protobuf",
        Some("gzip"),
        bomb.finish().unwrap(),
    )
    .await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_says_when_it_cannot() {
    let clock: Arc<dyn Clock> = Arc::new(TestClock::new(Timestamp::from_seconds(0)));
    let error =
        OtlpReceiver::listen(SocketAddr::from(([0, 0, 0, 0], 0)), Arc::clone(&clock)).unwrap_err();
    assert!(error.problem.contains("loopback"), "{error}");
    let first = receiver();
    let error = OtlpReceiver::listen(first.address(), clock).unwrap_err();
    assert_eq!(error.problem, "the port is taken; name another one");
}
