use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::request::Request;

/// Answers one connection with these bytes when it has read so many, and gives what it read.
async fn service(read: usize, answer: &'static [u8]) -> (Target, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut got = Vec::new();
        let mut buffer = [0; 1024];
        while got.len() < read && !got.ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut buffer).await.unwrap();
            got.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(answer).await.unwrap();
        got
    });
    (Target::resolve(&url, None).await.unwrap(), task)
}

async fn sent(
    target: &Target,
    source: Option<IpAddr>,
    request: &Request,
) -> Result<Answer, SendError> {
    let tls = Tls::of_this_machine();
    send(target, source, &tls, request, Duration::from_secs(10)).await
}

fn hostile(value: &[u8]) -> Request {
    Request::new("GET", "/orders?a=b").raw("authorization", value, "shown")
}

#[tokio::test]
async fn bytes_go_out_as_they_are() {
    let value = b"Bearer a\0b\rc\n d\r\n\te\xff";
    let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let (target, service) = service(usize::MAX, answer).await;
    let request = hostile(value);
    let source = Some("127.0.0.1".parse().unwrap());
    let answer = sent(&target, source, &request).await;
    assert_eq!(answer.unwrap().status, 400);
    let got = service.await.unwrap();
    assert!(got.starts_with(b"GET /api/orders?a=b HTTP/1.1\r\nhost: 127.0.0.1:"));
    let line = [b"authorization: ", &value[..], b"\r\n\r\n"].concat();
    assert!(got.ends_with(&line));
}

#[tokio::test]
async fn an_answer_that_comes_before_all_is_read_counts() {
    let answer = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n";
    let (target, service) = service(1, answer).await;
    let request = hostile(&vec![b'a'; 4 * 1024 * 1024]);
    let answer = sent(&target, None, &request).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(431));
    service.await.unwrap();
}

#[tokio::test]
async fn a_service_that_just_closes_is_told_from_one_that_answers() {
    let (target, service) = service(usize::MAX, b"").await;
    let answer = sent(&target, None, &hostile(b"x")).await;
    assert_eq!(answer, Err(SendError::Closed));
    service.await.unwrap();
}

#[tokio::test]
async fn a_service_that_never_answers_costs_a_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let target = Target::resolve(&url, None).await.unwrap();
    let (tls, request) = (Tls::of_this_machine(), hostile(b"x"));
    let deadline = Duration::from_millis(50);
    let answer = send(&target, None, &tls, &request, deadline).await;
    assert_eq!(answer, Err(SendError::Deadline));
}

#[tokio::test]
async fn an_https_service_gets_the_same_bytes_if_its_certificate_holds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let target = Target::resolve(&url, None).await.unwrap();
    let service = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(server()));
        let mut refused = 0;
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                refused += 1;
                continue;
            };
            let mut got = Vec::new();
            while !got.ends_with(b"\r\n\r\n") {
                got.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(b"HTTP/1.1 400 x\r\n\r\n").await.unwrap();
            stream.shutdown().await.unwrap();
            return (got, refused);
        }
    });
    let request = hostile(b"Bearer a\0b");
    let deadline = Duration::from_secs(10);
    // The machine's authorities do not know it.
    let unknown = Tls::of_this_machine();
    let refused = send(&target, None, &unknown, &request, deadline).await;
    assert!(matches!(refused, Err(SendError::Failed(_))), "{refused:?}");
    let known = Tls::new(client());
    let answer = send(&target, None, &known, &request, deadline).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(400));
    let (got, refused) = service.await.unwrap();
    assert!(got.ends_with(b"authorization: Bearer a\0b\r\n\r\n"));
    assert_eq!(refused, 1);
}

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from(&include_bytes!("test-only.crt.der")[..])
}

fn server() -> ServerConfig {
    let key = &include_bytes!("../../../../jwtrail-forge/keys/service-es256.pk8")[..];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate()], key)
        .unwrap()
}

fn client() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}
