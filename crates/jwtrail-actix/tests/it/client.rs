//! An HTTP client that sends exactly what it is told.

use std::net::SocketAddr;

use jwtrail_event::SecretToken;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::monitor_stub::within;

#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn get(target: &str) -> Self {
        Self {
            method: "GET",
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn post(target: &str, content_type: &str, body: &str) -> Self {
        let call = Self {
            method: "POST",
            body: body.as_bytes().to_vec(),
            ..Self::get(target)
        };
        call.header("content-type", content_type)
            .header("content-length", body.len().to_string())
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn options(target: &str) -> Self {
        Self {
            method: "OPTIONS",
            ..Self::get(target)
        }
    }

    pub(crate) fn posted(mut self) -> Self {
        self.method = "POST";
        self
    }

    pub(crate) fn id(self, id: &str) -> Self {
        self.header("x-request-id", id)
    }

    /// The same call with another id.
    pub(crate) fn renamed(&self, id: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(name, _)| name != "x-request-id");
        other.id(id)
    }

    pub(crate) fn bearer(self, token: &SecretToken) -> Self {
        let value = format!("Bearer {}", token.expose());
        self.header("authorization", value)
    }

    pub(crate) fn dpop(self, token: &SecretToken, proof: &SecretToken) -> Self {
        let value = format!("DPoP {}", token.expose());
        self.header("authorization", value)
            .header("dpop", proof.expose())
    }

    pub(crate) async fn start(&self, address: SocketAddr) -> TcpStream {
        let mut stream = within(TcpStream::connect(address)).await.unwrap();
        self.write_to(&mut stream).await.unwrap();
        stream
    }

    pub(crate) async fn write_to(
        &self,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> std::io::Result<()> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        bytes.extend_from_slice(b"host: test\r\nconnection: close\r\n");
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        stream.write_all(&bytes).await
    }

    pub(crate) async fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = self.start(address).await;
        Answer::read(&mut stream).await
    }
}

/// Goes away for good. A mere end of sending is a half-closed connection, in which actix-web
/// goes on by default.
pub(crate) fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
    drop(stream);
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) raw: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Self {
        let mut raw = Vec::new();
        // A reset after the answer is the server's way to refuse the rest of a body.
        within(stream.read_to_end(&mut raw)).await.ok();
        Self { raw }
    }

    pub(crate) fn status(&self) -> u16 {
        let line = self.head().lines().next().unwrap_or_default().to_owned();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head().lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let head = self.head();
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    pub(crate) fn body(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw).into_owned();
        text.split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body()).unwrap()
    }

    fn head(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw).into_owned();
        text.split_once("\r\n\r\n")
            .map_or(text.clone(), |(head, _)| head.to_owned())
    }
}
