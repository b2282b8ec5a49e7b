use std::fmt;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Query;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_event::{Reason, SecretToken};
use jwtrail_session::{Answer, Limited};

use super::SessionApi;

/// Who the clients of a service are: asked by the ready handlers for each request that names
/// one (RFC 6749 section 2.3).
///
/// Compare secrets in constant time, and keep hashes of them.
///
/// ```
/// use jwtrail_actix::{ClientCredentials, ClientRefusal, Clients};
/// use jwtrail_session::Answer;
///
/// /// One client in the browser, which has no secret, and nobody else.
/// #[derive(Debug)]
/// struct OnlyTheBrowser;
///
/// impl Clients for OnlyTheBrowser {
///     fn authenticate<'a>(
///         &'a self,
///         client: ClientCredentials<'a>,
///     ) -> Answer<'a, Result<(), ClientRefusal>> {
///         Answer::Ready(match (client.id, client.secret) {
///             ("web", None) => Ok(()),
///             _ => Err(ClientRefusal::Unknown),
///         })
///     }
/// }
/// ```
pub trait Clients: fmt::Debug + Send + Sync {
    /// Whether there is such a client, and it has proved to be it.
    fn authenticate<'a>(
        &'a self,
        client: ClientCredentials<'a>,
    ) -> Answer<'a, Result<(), ClientRefusal>>;
}

/// What a client says to be it, in the header (`Basic`) or in the body.
///
/// ```
/// use jwtrail_actix::ClientCredentials;
///
/// fn is_public(client: &ClientCredentials<'_>) -> bool {
///     client.secret.is_none()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ClientCredentials<'a> {
    /// `client_id`.
    pub id: &'a str,
    /// `client_secret`, if one came.
    pub secret: Option<&'a SecretToken>,
}

/// Why a client was not authenticated.
///
/// ```
/// use jwtrail_actix::ClientRefusal;
///
/// fn told(found: Option<bool>) -> Result<(), ClientRefusal> {
///     match found {
///         Some(true) => Ok(()),
///         Some(false) => Err(ClientRefusal::Unknown),
///         None => Err(ClientRefusal::Unavailable),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is not, or nobody knows")]
pub enum ClientRefusal {
    /// There is no such client, or it has not proved to be it: `invalid_client`.
    Unknown,
    /// Whoever knows the clients does not answer: 503.
    Unavailable,
}

/// Why a request's client can't be taken for what it says.
#[derive(Debug)]
pub(super) enum NoClient {
    /// It says two things at once, or nothing that can be read.
    Malformed,
    Unknown,
    Unavailable,
    Limited(Limited),
}

impl NoClient {
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Malformed => Reason::Missing,
            Self::Unknown => Reason::BadCredentials,
            Self::Unavailable => Reason::BackendUnavailable,
            Self::Limited(_) => Reason::RateLimited,
        }
    }
}

/// What a request says of its client.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) id: Option<String>,
    pub(super) secret: Option<SecretToken>,
}

impl Named {
    /// With what stands in the header, which excludes a secret in the body and another id.
    fn with_header(self, request: &HttpRequest) -> Result<Self, NoClient> {
        let mut headers = request.headers().get_all(AUTHORIZATION);
        let Some(header) = headers.next() else {
            return Ok(self);
        };
        let Some(credentials) = basic(header.as_bytes()) else {
            return Ok(self);
        };
        let (id, secret) = credentials
            .and_then(read_basic)
            .ok_or(NoClient::Malformed)?;
        let contradicts = self.id.is_some_and(|named| named != id);
        if headers.next().is_some() || self.secret.is_some() || contradicts {
            return Err(NoClient::Malformed);
        }
        Ok(Self {
            id: Some(id),
            secret: Some(secret),
        })
    }
}

impl SessionApi {
    /// Lets the ready handlers ask who a client is. Without it clients have an id and no secret
    /// (public clients, RFC 6749 section 2.1), and one that sends a secret is refused, as
    /// nobody would check it.
    #[must_use]
    pub fn clients(mut self, clients: Arc<dyn Clients>) -> Self {
        self.clients = Some(clients);
        self
    }

    /// The client's id, if the request names one, and the client is it. Secrets that are
    /// guessed are failures of the address.
    pub(super) async fn client(
        &self,
        request: &HttpRequest,
        named: Named,
    ) -> Result<Option<String>, NoClient> {
        let Named { id, secret } = named.with_header(request)?;
        let Some(id) = id else {
            return match secret {
                Some(_) => Err(NoClient::Malformed),
                None => Ok(None),
            };
        };
        if id.is_empty() || id.len() > MAX_ID {
            return Err(NoClient::Malformed);
        }
        let (limits, now) = (&self.policy.limits, self.now());
        let address = self.facts(request).client_address();
        if secret.is_some() && limits.is_over(address, now) {
            limits.try_anyway(address, now).map_err(NoClient::Limited)?;
        }
        let asked = match &self.clients {
            Some(clients) => {
                let secret = secret.as_ref();
                clients
                    .authenticate(ClientCredentials { id: &id, secret })
                    .await
            }
            None if secret.is_some() => Err(ClientRefusal::Unknown),
            None => Ok(()),
        };
        match asked {
            Ok(()) => Ok(Some(id)),
            Err(ClientRefusal::Unavailable) => Err(NoClient::Unavailable),
            Err(ClientRefusal::Unknown) => {
                let reason = Reason::BadCredentials;
                let charged = limits.failed(address, None, reason, now);
                Err(charged.map_or_else(NoClient::Limited, |()| NoClient::Unknown))
            }
        }
    }
}

/// What follows the scheme, if it is `Basic`: `None` inside where it is not readable.
fn basic(header: &[u8]) -> Option<Option<Vec<u8>>> {
    let (scheme, rest) = header.split_at_checked(6)?;
    let is_basic = scheme.eq_ignore_ascii_case(b"basic ");
    is_basic.then(|| STANDARD.decode(rest.trim_ascii()).ok())
}

/// Both parts are encoded as in a form (RFC 6749 section 2.3.1).
fn read_basic(credentials: Vec<u8>) -> Option<(String, SecretToken)> {
    let text = String::from_utf8(credentials).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id)?, SecretToken::new(decoded(secret)?)))
}

fn decoded(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct One {
        v: String,
    }
    let one = Query::<One>::from_query(&format!("v={text}")).ok()?;
    Some(one.into_inner().v)
}

const MAX_ID: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_of_basic_are_decoded_as_in_a_form() {
        let read = |text: &str| {
            let header = format!("bAsIc {}", STANDARD.encode(text));
            let credentials = basic(header.as_bytes()).unwrap().unwrap();
            let (id, secret) = read_basic(credentials)?;
            Some((id, secret.expose().to_owned()))
        };
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("web:s3cret"), pair("web", "s3cret"));
        assert_eq!(read("a%3Ab+c:p%26%2B=="), pair("a:b c", "p&+=="));
        assert_eq!(read("web:"), pair("web", ""));
        assert_eq!(read("web"), None);
        assert!(basic(b"Basic %%%").unwrap().is_none());
        assert!(basic(b"Bearer a.b.c").is_none());
        assert!(basic(b"").is_none());
    }
}
