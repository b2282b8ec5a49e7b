//! How requests go out: politely, to the one target, and with a cap on what comes back.

mod answer;
mod pace;
mod raw;
mod sources;

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use tokio::time::Instant;

pub(crate) use answer::Answer;
use pace::Pace;
use raw::Tls;
pub(crate) use sources::Source;
use sources::Sources;

use crate::request::Request;
use crate::target::Target;

/// The one way to the target.
pub(crate) struct Client {
    target: Target,
    sources: Sources,
    pace: Pace,
    tls: Tls,
}

impl Client {
    pub(crate) fn new(target: Target, rate: u32, budget: u32) -> Result<Self, ClientError> {
        let sources = Sources::new(&target)?;
        Ok(Self {
            sources,
            pace: Pace::new(rate, budget),
            tls: Tls::of_this_machine(),
            target,
        })
    }

    /// Requests that were sent so far.
    pub(crate) fn sent(&self) -> u32 {
        self.pace.sent()
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Whether the service sees us at as many addresses as we like.
    pub(crate) fn has_addresses(&self) -> bool {
        self.sources.many()
    }

    /// Sends a request that must be refused, from an address that few such requests came from.
    pub(crate) async fn send_bad(&self, request: &Request) -> Result<Answer, SendError> {
        let source = self.sources.next();
        self.send_from(source, request).await
    }

    /// Sends a request that should be let in, from the address that only such requests come from.
    pub(crate) async fn send_good(&self, request: &Request) -> Result<Answer, SendError> {
        self.send_from(self.sources.first(), request).await
    }

    /// Sends a request from one of our addresses.
    pub(crate) async fn send_from(
        &self,
        source: Source,
        request: &Request,
    ) -> Result<Answer, SendError> {
        self.pace.wait().await?;
        let begun = Instant::now();
        let mut answer = self.exchange(source, request).await?;
        answer.took = begun.elapsed();
        Ok(answer)
    }

    async fn exchange(&self, source: Source, request: &Request) -> Result<Answer, SendError> {
        if request.is_raw() {
            let address = source.address();
            return raw::send(&self.target, address, &self.tls, request, DEADLINE).await;
        }
        let client = source.client(&self.target)?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|_| SendError::Unsendable)?;
        let mut builder = client.request(method, self.target.join(&request.target()));
        for header in &request.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes())
                .map_err(|_| SendError::Unsendable)?;
            let mut value =
                HeaderValue::from_bytes(&header.value).map_err(|_| SendError::Unsendable)?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(|error| failure(&error))?;
        Answer::read(response, source.address()).await
    }

    /// Sends a request over plain http to where an https target is; none where it is none.
    pub(crate) async fn send_in_clear(
        &self,
        request: &Request,
    ) -> Option<Result<Answer, SendError>> {
        let clear = self.target.in_clear()?;
        if let Err(error) = self.pace.wait().await {
            return Some(Err(error));
        }
        Some(raw::send(&clear, None, &self.tls, request, DEADLINE).await)
    }

    /// An address of ours that nothing was sent from yet.
    pub(crate) fn fresh_source(&self) -> Source {
        self.sources.fresh()
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// Never the URL: it may have a token in its query.
fn failure(error: &reqwest::Error) -> SendError {
    if error.is_timeout() {
        return SendError::Deadline;
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    SendError::Failed(if error.source().is_some() {
        deepest.to_string()
    } else {
        "the connection failed".to_owned()
    })
}

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    #[error("no answer within {} seconds", DEADLINE.as_secs())]
    Deadline,
    #[error("{0}")]
    Failed(String),
    #[error("HTTP cannot carry this request")]
    Unsendable,
    #[error("the service closed the connection without an answer")]
    Closed,
    #[error("the budget of requests is used up")]
    Budget,
    #[error("no client can be made")]
    Client,
}

/// No client can be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made")]
pub struct ClientError(#[source] reqwest::Error);

fn build(
    target: &Target,
    source: Option<std::net::IpAddr>,
) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_DEADLINE)
        .timeout(DEADLINE)
        .local_address(source)
        .resolve_to_addrs(target.host(), target.addresses())
        .build()
}

/// From the start of a request to the last byte that we read of its answer.
const DEADLINE: Duration = Duration::from_secs(10);
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
