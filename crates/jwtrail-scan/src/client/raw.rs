//! Requests that no HTTP library would send: what is in their headers is written as it is.

mod message;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use self::message::{Reading, head};
pub(super) use self::tls::Tls;
use super::{Answer, SendError};
use crate::request::Request;
use crate::target::Target;

/// Sends a request over a connection of its own, and reads no more of the answer than is kept.
pub(super) async fn send(
    target: &Target,
    source: Option<IpAddr>,
    tls: &Tls,
    request: &Request,
    deadline: Duration,
) -> Result<Answer, SendError> {
    let exchange = async {
        let stream = connect(target.addresses(), source).await?;
        if target.is_https() {
            let stream = tls.connect(target.host(), stream).await?;
            talk(stream, target, source, request).await
        } else {
            talk(stream, target, source, request).await
        }
    };
    timeout(deadline, exchange)
        .await
        .map_err(|_| SendError::Deadline)?
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite,
    target: &Target,
    source: Option<IpAddr>,
    request: &Request,
) -> Result<Answer, SendError> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let head = head(target, request);
    let write = async {
        // A service may answer and close before it has read all: what it answered tells.
        let sent = writer.write_all(&head).await;
        if let (Ok(()), Some(body)) = (sent, &request.body) {
            writer.write_all(body).await.ok();
        }
        writer.flush().await.ok();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = write => Err(SendError::Closed),
        answer = read(&mut reader, source) => answer,
    }
}

async fn read(
    reader: &mut (impl AsyncRead + Unpin),
    source: Option<IpAddr>,
) -> Result<Answer, SendError> {
    let mut reading = Reading::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        // A reset after the answer ends it as a close does.
        let count = reader.read(&mut buffer).await.unwrap_or(0);
        let ended = count == 0;
        reading.add(buffer.get(..count).unwrap_or_default());
        if ended || reading.is_whole() {
            return reading.answer(source);
        }
    }
}

/// The first address that takes a connection.
async fn connect(addresses: &[SocketAddr], source: Option<IpAddr>) -> Result<TcpStream, SendError> {
    let mut last = SendError::Failed("the connection failed".to_owned());
    for address in addresses {
        match timeout(super::CONNECT_DEADLINE, connect_to(*address, source)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = SendError::Failed(error.to_string()),
            Err(_) => last = SendError::Deadline,
        }
    }
    Err(last)
}

async fn connect_to(address: SocketAddr, source: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    socket.connect(address).await
}

/// In bytes.
const BUFFER: usize = 16 * 1024;

#[cfg(test)]
mod tests;
