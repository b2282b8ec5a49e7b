mod file;
#[cfg(feature = "outbound")]
mod http;

use std::io;
use std::time::Duration;

use jwtrail_event::Timestamp;
use jwtrail_verify::{KeySet, KeySetError};

use super::source::{KeySource, KeySourceError, Place};
use file::KeyFile;
#[cfg(feature = "outbound")]
use http::KeyServer;

/// By what keys are fetched over the network.
#[cfg(feature = "outbound")]
pub(crate) type Client = crate::Outbound;
/// Nothing is fetched over the network.
#[cfg(not(feature = "outbound"))]
pub(crate) type Client = std::convert::Infallible;

/// The time of one fetch, discovery included, and of who waits for it.
pub(super) const DEADLINE: Duration = Duration::from_secs(3);

/// Gets an issuer's keys from where they are.
#[derive(Debug)]
pub(super) enum Fetcher {
    File(KeyFile),
    #[cfg(feature = "outbound")]
    Server(Box<KeyServer>),
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Fetched {
    /// Keys, and for how long the issuer says they are good.
    Keys(KeySet, Option<Duration>),
    /// What came the last time, good or bad: there is nothing to tell.
    Same,
}

impl Fetcher {
    pub(super) fn new(
        issuer: &str,
        source: &KeySource,
        client: &mut Option<Client>,
    ) -> Result<Self, KeySourceError> {
        #[cfg(not(feature = "outbound"))]
        let _ = (issuer, client);
        match &source.place {
            Place::File(path) => KeyFile::open(path).map(Self::File),
            #[cfg(feature = "outbound")]
            Place::Jwks(url) => {
                let server = KeyServer::at(url, source.plain_http, http::client(client)?)?;
                Ok(Self::Server(Box::new(server)))
            }
            #[cfg(feature = "outbound")]
            Place::Discovery => {
                let server = KeyServer::of(issuer, source.plain_http, http::client(client)?)?;
                Ok(Self::Server(Box::new(server)))
            }
        }
    }

    pub(super) async fn fetch(&mut self, now: Timestamp) -> Result<Fetched, FetchError> {
        #[cfg(not(feature = "outbound"))]
        let _ = now;
        let fetching = async {
            match self {
                Self::File(file) => file.fetch().await,
                #[cfg(feature = "outbound")]
                Self::Server(server) => server.fetch(now).await,
            }
        };
        match tokio::time::timeout(DEADLINE, fetching).await {
            Ok(outcome) => outcome,
            Err(_) => Err(FetchError::Deadline),
        }
    }
}

/// Why keys could not be fetched. No variant repeats an address, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("no answer within 3 seconds")]
    Deadline,
    #[error("the key file cannot be read")]
    File(#[source] io::Error),
    #[error("what came is no key set that can be used")]
    Keys(#[from] KeySetError),
    #[cfg(feature = "outbound")]
    #[error("the call failed")]
    Call(#[from] crate::OutboundError),
    #[cfg(feature = "outbound")]
    #[error("the answer has the status {0}")]
    Status(u16),
    #[cfg(feature = "outbound")]
    #[error("the answer redirects to another scheme, host or port, or nowhere; name that address")]
    Redirect,
    #[cfg(feature = "outbound")]
    #[error("the answers redirect again and again")]
    Redirects,
    #[cfg(feature = "outbound")]
    #[error("the issuer names an http address of another machine for its keys")]
    PlainHttp,
    #[cfg(feature = "outbound")]
    #[error("the issuer's discovery document can't be used")]
    Discovery(#[from] jwtrail_verify::DiscoveryError),
}
