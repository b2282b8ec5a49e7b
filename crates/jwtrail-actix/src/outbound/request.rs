use std::fmt;

use jwtrail_event::SecretToken;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::{Outbound, OutboundError, parse};

/// A request that has not been sent yet.
///
/// ```
/// use jwtrail_actix::{Outbound, OutboundError};
///
/// async fn tell(outbound: &Outbound, text: &str) -> Result<u16, OutboundError> {
///     let request = outbound.post("https://hooks.example/alerts").body(text.into());
///     Ok(request.header("content-type", "text/plain").send().await?.status())
/// }
/// ```
#[must_use = "a request does nothing before `send`"]
pub struct OutboundRequest<'o> {
    outbound: &'o Outbound,
    answer_bytes: usize,
    prepared: Result<(Url, reqwest::RequestBuilder), OutboundError>,
}

impl<'o> OutboundRequest<'o> {
    pub(super) fn new(outbound: &'o Outbound, method: Method, url: &str) -> Self {
        Self {
            outbound,
            answer_bytes: outbound.answer_bytes,
            prepared: parse(url).map(|url| {
                let request = outbound.client.request(method, url.clone());
                (url, request)
            }),
        }
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with_header(name, value, false)
    }

    /// Adds a credential as `Authorization: Bearer`.
    pub fn bearer(self, credential: &SecretToken) -> Self {
        let value = format!("Bearer {}", credential.expose());
        self.with_header(AUTHORIZATION.as_str(), &value, true)
    }

    /// Adds a credential, already encoded, as `Authorization: Basic`.
    pub(crate) fn basic(self, encoded: &SecretToken) -> Self {
        let value = format!("Basic {}", encoded.expose());
        self.with_header(AUTHORIZATION.as_str(), &value, true)
    }

    /// Adds a header that nobody may see in a log.
    #[cfg(feature = "otlp")]
    pub(crate) fn secret_header(self, name: &str, value: &SecretToken) -> Self {
        self.with_header(name, value.expose(), true)
    }

    /// Gives the request a body.
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.prepared = self
            .prepared
            .map(|(url, request)| (url, request.body(body)));
        self
    }

    /// Reads no longer answer than this, nor than the client does.
    ///
    /// ```
    /// # use jwtrail_actix::Outbound;
    /// # let outbound = Outbound::builder().build()?;
    /// let request = outbound.get("https://login.example/jwks").answer_bytes(65_536);
    /// # Ok::<(), jwtrail_actix::OutboundError>(())
    /// ```
    pub fn answer_bytes(mut self, bytes: usize) -> Self {
        self.answer_bytes = self.answer_bytes.min(bytes);
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// When the target is not permitted, does not answer in time, or answers too much. Any
    /// status is an answer.
    pub async fn send(self) -> Result<OutboundAnswer, OutboundError> {
        let (url, request) = self.prepared?;
        self.outbound.check(&url)?;
        let mut response = request.send().await?;
        let limit = self.answer_bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(OutboundError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(OutboundAnswer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    fn with_header(mut self, name: &str, value: &str, secret: bool) -> Self {
        self.prepared = self.prepared.and_then(|(url, request)| {
            let parts = name
                .parse::<HeaderName>()
                .ok()
                .zip(HeaderValue::from_str(value).ok());
            let Some((name, mut value)) = parts else {
                return Err(OutboundError::Header {
                    name: name.to_owned(),
                });
            };
            value.set_sensitive(secret);
            Ok((url, request.header(name, value)))
        });
        self
    }
}

/// Without the URL, which may hold a secret.
impl fmt::Debug for OutboundRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest").finish_non_exhaustive()
    }
}

/// An answer, whole.
///
/// ```
/// use jwtrail_actix::{Outbound, OutboundError};
///
/// async fn version(outbound: &Outbound) -> Result<Vec<u8>, OutboundError> {
///     let answer = outbound.get("https://login.example/version").send().await?;
///     Ok(answer.body().to_vec())
/// }
/// ```
#[derive(Debug)]
pub struct OutboundAnswer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl OutboundAnswer {
    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header's first value, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
