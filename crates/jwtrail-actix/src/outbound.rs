//! The one client for calls to others: the monitor, webhooks, key sets.

mod address_policy;
#[cfg(feature = "otlp-grpc")]
mod exchange;
mod request;
mod shown;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Url;

use address_policy::{AddressPolicy, BlockedAddress, LOCALHOST, PolicyResolver};
pub use request::{OutboundAnswer, OutboundRequest};
pub(crate) use shown::{Target, shown};

/// An HTTP client that can be pointed at addresses from a configuration.
///
/// It checks each address when it connects, so that a name that changes its address gains
/// nothing; it reaches private addresses only when that was allowed; it follows no redirect,
/// uses no proxy from the environment, and has a deadline and a cap on the answer.
///
/// ```
/// use jwtrail_actix::{Outbound, OutboundError};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let outbound = Outbound::builder().build()?;
/// let answer = outbound.get("http://127.0.0.1:9/").send().await;
/// assert!(matches!(answer, Err(OutboundError::PrivateTarget { .. })));
/// # Ok::<(), OutboundError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    policy: Arc<AddressPolicy>,
    answer_bytes: usize,
}

impl Outbound {
    /// Begins to build a client.
    pub fn builder() -> OutboundBuilder {
        OutboundBuilder {
            policy: AddressPolicy::default(),
            deadline: DEADLINE,
            connect_deadline: CONNECT_DEADLINE,
            answer_bytes: ANSWER_BYTES,
            #[cfg(feature = "otlp-grpc")]
            http2: false,
        }
    }

    /// Begins a GET request.
    pub fn get(&self, url: &str) -> OutboundRequest<'_> {
        OutboundRequest::new(self, reqwest::Method::GET, url)
    }

    /// Begins a POST request.
    pub fn post(&self, url: &str) -> OutboundRequest<'_> {
        OutboundRequest::new(self, reqwest::Method::POST, url)
    }

    /// Whether this is an `http` or `https` URL with a host. Says nothing about its address.
    #[must_use]
    pub fn is_usable(&self, url: &str) -> bool {
        parse(url).is_ok()
    }

    /// Whether a secret may be sent there: over TLS, or to this very machine (`localhost`,
    /// `127.0.0.0/8`, `::1`), where nobody is on the way. What can't be called is none.
    ///
    /// ```
    /// # use jwtrail_actix::Outbound;
    /// # let outbound = Outbound::builder().build()?;
    /// assert!(outbound.protects("https://audit.example") && outbound.protects("http://[::1]:8888"));
    /// assert!(!outbound.protects("http://audit.example"));
    /// # Ok::<(), jwtrail_actix::OutboundError>(())
    /// ```
    #[must_use]
    pub fn protects(&self, url: &str) -> bool {
        parse(url).is_ok_and(|url| is_protected(&url))
    }

    /// A URL as people may see it, in an error or a log: without name, password, query and
    /// fragment, which may be secrets. Of what is no URL little is left.
    ///
    /// ```
    /// # use jwtrail_actix::Outbound;
    /// let url = Outbound::shown("https://me:hunter2@audit.example/in?key=hunter2");
    /// assert_eq!(url, "https://audit.example/in");
    /// ```
    #[must_use]
    pub fn shown(url: &str) -> String {
        shown(url)
    }

    /// A host that is an address does not pass the resolver, so it is checked here.
    fn check(&self, url: &Url) -> Result<(), OutboundError> {
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match literal {
            Some(address) if !self.policy.permits(address) => Err(OutboundError::PrivateTarget {
                host: host.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

/// Builds an [`Outbound`].
///
/// ```
/// use jwtrail_actix::Outbound;
/// let outbound = Outbound::builder()
///     .allow_network("10.20.0.0/16".parse().unwrap())
///     .deadline(std::time::Duration::from_secs(2))
///     .build()?;
/// # Ok::<(), jwtrail_actix::OutboundError>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct OutboundBuilder {
    policy: AddressPolicy,
    deadline: Duration,
    connect_deadline: Duration,
    answer_bytes: usize,
    #[cfg(feature = "otlp-grpc")]
    http2: bool,
}

impl OutboundBuilder {
    /// Lets the client reach any private, loopback or link-local address: for targets that
    /// only the operator names.
    pub fn allow_private_targets(mut self) -> Self {
        self.policy.allow_all();
        self
    }

    /// Lets the client reach the addresses of one network, private or not.
    pub fn allow_network(mut self, network: IpNet) -> Self {
        self.policy.allow(network);
        self
    }

    /// The time for a request from its start to the last byte of the answer, 10 s by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The time for a connection, 3 s by default.
    pub fn connect_deadline(mut self, deadline: Duration) -> Self {
        self.connect_deadline = deadline;
        self
    }

    /// How many bytes an answer may have, 512 KiB by default.
    pub fn answer_bytes(mut self, bytes: usize) -> Self {
        self.answer_bytes = bytes;
        self
    }

    /// Speaks HTTP/2 and nothing else.
    #[cfg(feature = "otlp-grpc")]
    pub(crate) fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// When TLS can't be set up, for instance without any root certificates.
    pub fn build(self) -> Result<Outbound, OutboundError> {
        let policy = Arc::new(self.policy);
        let client = reqwest::Client::builder()
            .user_agent(concat!("jwtrail/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(self.deadline)
            .connect_timeout(self.connect_deadline)
            .dns_resolver(PolicyResolver(Arc::clone(&policy)));
        #[cfg(feature = "otlp-grpc")]
        let client = match self.http2 {
            true => client.http2_prior_knowledge(),
            // A feature alters nothing for others.
            false => client.http1_only(),
        };
        let client = client.build().map_err(|source| OutboundError::Setup {
            source: source.without_url(),
        })?;
        Ok(Outbound {
            client,
            policy,
            answer_bytes: self.answer_bytes,
        })
    }
}

/// A call that got no answer. No variant repeats the URL, which may hold a secret.
///
/// ```
/// use jwtrail_actix::OutboundError;
///
/// fn is_ours_to_allow(error: &OutboundError) -> bool {
///     matches!(error, OutboundError::PrivateTarget { .. })
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// The client can't be built.
    #[error("cannot set up the outbound client")]
    Setup {
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// Not a URL with `http` or `https` and a host.
    #[error("the target is not an http or https URL")]
    Url,
    /// A header's value can't be sent.
    #[error("the header `{name}` holds characters that no header can carry")]
    Header {
        /// The header.
        name: String,
    },
    /// The target has a private address.
    #[error("`{host}` has an address in a network that was not allowed")]
    PrivateTarget {
        /// The host's name or address.
        host: String,
    },
    /// No connection.
    #[error("cannot connect")]
    Connect {
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The deadline passed.
    #[error("no answer within the deadline")]
    Deadline,
    /// The answer is too large.
    #[error("the answer has more than {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
    /// The message could not be written.
    #[error("the message cannot be written")]
    Encoding {
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The exchange broke off.
    #[error("the exchange broke off")]
    Broken {
        /// Why.
        #[source]
        source: reqwest::Error,
    },
}

impl From<reqwest::Error> for OutboundError {
    fn from(error: reqwest::Error) -> Self {
        if let Some(blocked) = blocked(&error) {
            return Self::PrivateTarget {
                host: blocked.host.clone(),
            };
        }
        let source = error.without_url();
        if source.is_timeout() {
            Self::Deadline
        } else if source.is_connect() {
            Self::Connect { source }
        } else {
            Self::Broken { source }
        }
    }
}

fn blocked(error: &reqwest::Error) -> Option<&BlockedAddress> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(blocked) = error.downcast_ref() {
            return Some(blocked);
        }
        cause = error.source();
    }
    None
}

pub(crate) fn parse(url: &str) -> Result<Url, OutboundError> {
    match Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(OutboundError::Url),
    }
}

/// Whether nobody on the way can read or change what is sent there.
pub(crate) fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || is_own(url)
}

/// Whether this is an address of this machine.
fn is_own(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == LOCALHOST || address.is_some_and(|address| address.is_loopback())
}

/// Whether a URL holds a name or a password, which go out with every request.
#[cfg(feature = "otlp")]
pub(crate) fn has_credentials(url: &str) -> bool {
    parse(url).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// Host and port of a URL, for people: the rest may hold a secret.
pub(crate) fn place(url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    match url.as_ref().and_then(Url::port) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

const DEADLINE: Duration = Duration::from_secs(10);
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
const ANSWER_BYTES: usize = 512 * 1024;
