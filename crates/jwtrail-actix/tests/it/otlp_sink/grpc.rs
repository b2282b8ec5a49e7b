use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::rt::task::JoinHandle;
use bytes::{BufMut as _, Bytes, BytesMut};
use jwtrail_actix::{OtlpSink, Trail};
use jwtrail_event::SecretToken;
use jwtrail_event::otlp::{self, ExportLogsServiceRequest, ExportLogsServiceResponse};
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::codegen::http::{HeaderMap, Request, Response};

use crate::collector_stub::{Collected, note};

use super::noted;

#[actix_web::test]
async fn a_collector_that_was_away_gets_everything_in_order() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = GrpcStub::start(&collected, "127.0.0.1:0".parse().unwrap()).await;
    let address = collector.address;
    let key = SecretToken::new("key-of-the-collector".to_owned());
    let sink = OtlpSink::grpc(&format!("http://{address}"), spool.path()).bearer(&key);
    let trail = Trail::builder("orders-api").otlp(sink).start().unwrap();
    note(&trail, "before");
    collected.target("before").await;
    collector.kill().await;
    for number in 0..2_000 {
        note(&trail, &format!("away-{number}"));
    }
    trail.flush().await;
    let collector = GrpcStub::start(&collected, address).await;
    note(&trail, "after");
    collected.target("after").await;
    trail.stop().await;
    collector.kill().await;
    let away = (0..2_000).map(|number| format!("away-{number}"));
    let expected: Vec<_> = std::iter::once("before".to_owned())
        .chain(away)
        .chain(std::iter::once("after".to_owned()))
        .collect();
    assert_eq!(noted(&collected.once()), expected);
    let attempts = collected.attempts(1).await;
    let sent = attempts[0].authorization.as_deref();
    assert_eq!(sent, Some("Bearer key-of-the-collector"));
}

#[actix_web::test]
async fn a_status_that_says_no_is_waited_out_and_a_partial_success_is_counted() {
    let (collected, spool) = (Collected::default(), tempfile::tempdir().unwrap());
    let collector = GrpcStub::start(&collected, "127.0.0.1:0".parse().unwrap()).await;
    // RESOURCE_EXHAUSTED, in trailers only.
    collector.answer(Err(8));
    collected.answer_with(|| actix_web::HttpResponse::TooManyRequests().finish());
    let url = format!("http://{}", collector.address);
    let sink = OtlpSink::grpc(&url, spool.path());
    let trail = Trail::builder("orders-api").otlp(sink).start().unwrap();
    note(&trail, "waits");
    collected.attempts(2).await;
    collected.answer_with(|| actix_web::HttpResponse::Ok().finish());
    let partial_success = Some(otlp::ExportLogsPartialSuccess {
        rejected_log_records: 1,
        error_message: "no".to_owned(),
    });
    collector.answer(Ok(ExportLogsServiceResponse { partial_success }));
    collected.target("waits").await;
    collected.event("jwtrail.audit.dropped").await;
    trail.stop().await;
    collector.kill().await;
}

type Answer = Result<ExportLogsServiceResponse, u8>;

/// A collector over gRPC that knows no more of it than the tests need.
struct GrpcStub {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    task: JoinHandle<()>,
}

impl GrpcStub {
    async fn start(collected: &Collected, address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(Ok(ExportLogsServiceResponse::default())));
        let (collected, answers) = (collected.clone(), Arc::clone(&answer));
        let task = actix_web::rt::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (collected, answers) = (collected.clone(), Arc::clone(&answers));
                connections.spawn(async move {
                    let mut connection = h2::server::handshake(stream).await.unwrap();
                    while let Some(Ok((request, respond))) = connection.accept().await {
                        let (collected, answers) = (collected.clone(), Arc::clone(&answers));
                        tokio::spawn(async move {
                            serve(request, respond, &collected, &answers).await;
                        });
                    }
                });
            }
        });
        Self {
            address,
            answer,
            task,
        }
    }

    fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

async fn serve(
    request: Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<Bytes>,
    collected: &Collected,
    answers: &Mutex<Answer>,
) {
    assert_eq!(request.headers()["content-type"], "application/grpc");
    assert_eq!(
        request.uri().path(),
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
    );
    let authorization = request.headers().get("authorization");
    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
    let mut stream = request.into_body();
    let mut message = BytesMut::new();
    while let Some(chunk) = stream.data().await {
        let Ok(chunk) = chunk else { return };
        message.extend_from_slice(&chunk);
        stream.flow_control().release_capacity(chunk.len()).unwrap();
    }
    let export = ExportLogsServiceRequest::decode(&message[5..]).unwrap();
    let answer = answers.lock().unwrap().clone();
    collected.take(export, authorization);
    let head = Response::builder().header("content-type", "application/grpc");
    let mut trailers = HeaderMap::new();
    match answer {
        Ok(answer) => {
            let mut body = respond
                .send_response(head.body(()).unwrap(), false)
                .unwrap();
            let mut frame = BytesMut::new();
            frame.put_u8(0);
            frame.put_u32(answer.encoded_len().try_into().unwrap());
            answer.encode(&mut frame).unwrap();
            body.send_data(frame.freeze(), false).unwrap();
            trailers.insert("grpc-status", "0".parse().unwrap());
            body.send_trailers(trailers).unwrap();
        }
        Err(code) => {
            let head = head.header("grpc-status", code.to_string());
            respond.send_response(head.body(()).unwrap(), true).unwrap();
        }
    }
}
