use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::SendError;

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    /// At most [`MAX_BODY`] bytes of it.
    pub(crate) body: Vec<u8>,
    /// The address that the request came from, where we chose it.
    pub(crate) source: Option<IpAddr>,
    /// From when its turn had come to its last byte.
    pub(crate) took: Duration,
}

impl Answer {
    /// An answer that was read by hand.
    pub(crate) fn new(
        status: u16,
        mut headers: Vec<(String, String)>,
        mut body: Vec<u8>,
        source: Option<IpAddr>,
    ) -> Self {
        headers.truncate(MAX_HEADERS);
        body.truncate(MAX_BODY);
        Self {
            status,
            headers,
            body,
            source,
            took: Duration::ZERO,
        }
    }

    pub(super) async fn read(
        mut response: reqwest::Response,
        source: Option<IpAddr>,
    ) -> Result<Self, SendError> {
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), value.into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while body.len() < MAX_BODY {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(super::failure(&error)),
            }
        }
        let status = response.status().as_u16();
        Ok(Self::new(status, headers, body, source))
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Seconds that the service asks us to wait (RFC 9110 section 10.2.3).
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.header("retry-after")?.trim().parse().ok()
    }

    /// For people: the status, the headers that matter here, the beginning of the body.
    pub(crate) fn shown(&self) -> String {
        let mut text = format!("HTTP {}", self.status);
        for name in [
            "www-authenticate",
            "retry-after",
            "location",
            "content-type",
        ] {
            for value in self.all(name) {
                text.push_str(&format!("\n{name}: {value}"));
            }
        }
        let body = self.text();
        if !body.is_empty() {
            let start: String = body.chars().take(SHOWN_BODY).collect();
            let more = if start.len() < body.len() { " ..." } else { "" };
            text.push_str(&format!("\n\n{start}{more}"));
        }
        text
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// In bytes.
pub(super) const MAX_BODY: usize = 64 * 1024;
const MAX_HEADERS: usize = 200;
/// In characters.
const SHOWN_BODY: usize = 300;
