use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use jwtrail_event::Reason;
use jwtrail_session::Limited;

use super::source::Scheme;

/// What a refused client is told: the class, never the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No credentials, or another scheme.
    Missing,
    /// `invalid_request`.
    MalformedRequest,
    /// `invalid_token`.
    InvalidToken,
    /// `invalid_dpop_proof`.
    InvalidProof,
    /// `use_dpop_nonce`; the nonce is in a header of its own.
    NonceRequired,
    /// `insufficient_scope`, with the scope.
    InsufficientScope(String),
    /// A policy said no: the same answer, but no scope would help.
    PolicyDenied,
    /// A limit, and when to come again.
    Limited(Limited),
    /// A store or a key that can't be had.
    Unavailable,
    /// The deadline passed.
    Deadline,
    /// The handler asks for a token on a route that is not protected.
    NotProtected,
}

impl Refusal {
    pub(crate) fn of(reason: Reason) -> Self {
        match reason {
            Reason::Missing => Self::Missing,
            Reason::MalformedHeader => Self::MalformedRequest,
            Reason::KeyUnavailable | Reason::BackendUnavailable => Self::Unavailable,
            _ => Self::InvalidToken,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Missing | Self::InvalidToken | Self::InvalidProof | Self::NonceRequired => {
                StatusCode::UNAUTHORIZED
            }
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) | Self::PolicyDenied => StatusCode::FORBIDDEN,
            Self::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Deadline => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotProtected => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer of RFC 6750 section 3 and RFC 9449 section 7.1, and for a limit that of RFC
    /// 6585 section 4.
    pub(crate) fn answer(&self, realm: &Realm) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status());
        answer.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
        for challenge in self.challenges(realm) {
            answer.append_header((WWW_AUTHENTICATE, challenge));
        }
        if let Self::Limited(limited) = self {
            for header in limit_headers(limited) {
                answer.insert_header(header);
            }
        }
        answer.content_type("application/json").body(self.body())
    }

    fn body(&self) -> &'static str {
        match self {
            Self::Missing => r#"{"error":"unauthorized"}"#,
            Self::MalformedRequest => r#"{"error":"invalid_request"}"#,
            Self::InvalidToken => r#"{"error":"invalid_token"}"#,
            Self::InvalidProof => r#"{"error":"invalid_dpop_proof"}"#,
            Self::NonceRequired => r#"{"error":"use_dpop_nonce"}"#,
            Self::InsufficientScope(_) | Self::PolicyDenied => r#"{"error":"insufficient_scope"}"#,
            Self::Limited(_) => r#"{"error":"rate_limited"}"#,
            Self::Unavailable | Self::Deadline => r#"{"error":"temporarily_unavailable"}"#,
            Self::NotProtected => r#"{"error":"server_error"}"#,
        }
    }

    /// One challenge for each scheme that is taken here; the error stands in that of the scheme
    /// that the request used.
    fn challenges(&self, realm: &Realm) -> Vec<String> {
        let Some(error) = self.error() else {
            return Vec::new();
        };
        let schemes = realm.schemes().into_iter();
        let challenges = schemes.map(|scheme| match scheme == realm.answers_to() {
            true => realm.challenge(scheme, &error),
            false => realm.challenge(scheme, ""),
        });
        challenges.collect()
    }

    /// The error's parameters, empty where no error is due; none where no challenge is.
    fn error(&self) -> Option<String> {
        let code = match self {
            Self::Missing => return Some(String::new()),
            Self::MalformedRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InvalidProof => "invalid_dpop_proof",
            Self::NonceRequired => "use_dpop_nonce",
            Self::InsufficientScope(scope) => {
                let scope = quotable(scope);
                return Some(format!(", error=\"insufficient_scope\", scope=\"{scope}\""));
            }
            Self::PolicyDenied => "insufficient_scope",
            Self::Limited(_) | Self::Unavailable | Self::Deadline | Self::NotProtected => {
                return None;
            }
        };
        Some(format!(", error=\"{code}\""))
    }
}

/// `Retry-After`, and the fields of draft-ietf-httpapi-ratelimit-headers-10: which limit, never
/// whose.
fn limit_headers(limited: &Limited) -> [(HeaderName, String); 3] {
    let (name, quota, wait) = (limited.limit.as_str(), limited.quota, limited.retry_after);
    let policy = format!("\"{name}\";q={};w={}", quota.count(), quota.seconds());
    [
        (RETRY_AFTER, wait.to_string()),
        (RATE_LIMIT_POLICY, policy),
        (RATE_LIMIT, format!("\"{name}\";r=0;t={wait}")),
    ]
}

/// The realm of the challenges, fit for a quoted string, and which schemes they offer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Realm {
    text: Arc<str>,
    dpop: Option<DpopOffer>,
    used: Scheme,
}

/// What the challenge says of DPoP proofs.
#[derive(Clone, Debug)]
pub(crate) struct DpopOffer {
    /// The names of the algorithms, with spaces.
    pub(crate) algorithms: Arc<str>,
    /// Whether no other scheme is taken.
    pub(crate) required: bool,
}

impl Realm {
    pub(crate) fn new(text: &str, dpop: Option<DpopOffer>) -> Option<Self> {
        let fit = |b: u8| (b.is_ascii_graphic() || b == b' ') && b != b'"' && b != b'\\';
        let usable = !text.is_empty() && text.bytes().all(fit);
        usable.then(|| Self {
            text: text.into(),
            dpop,
            used: Scheme::default(),
        })
    }

    /// For the answer to a request that used this scheme.
    pub(crate) fn answering(&self, used: Scheme) -> Self {
        Self {
            used,
            ..self.clone()
        }
    }

    fn schemes(&self) -> Vec<Scheme> {
        match &self.dpop {
            None => vec![Scheme::Bearer],
            Some(offer) if offer.required => vec![Scheme::Dpop],
            Some(_) => vec![Scheme::Bearer, Scheme::Dpop],
        }
    }

    fn answers_to(&self) -> Scheme {
        match &self.dpop {
            None => Scheme::Bearer,
            Some(offer) if offer.required => Scheme::Dpop,
            Some(_) => self.used,
        }
    }

    fn challenge(&self, scheme: Scheme, error: &str) -> String {
        let text = &self.text;
        match (scheme, &self.dpop) {
            (Scheme::Dpop, Some(offer)) => {
                let algorithms = &offer.algorithms;
                format!("DPoP realm=\"{text}\"{error}, algs=\"{algorithms}\"")
            }
            _ => format!("Bearer realm=\"{text}\"{error}"),
        }
    }

    /// The challenge to clients (RFC 7617).
    pub(crate) fn basic(&self) -> String {
        format!("Basic realm=\"{}\"", self.text)
    }
}

/// A scope that the application named is text of ours, but not always fit for a header.
fn quotable(scope: &str) -> String {
    let fit = |c: &char| (c.is_ascii_graphic() || *c == ' ') && *c != '"' && *c != '\\';
    scope.chars().filter(fit).collect()
}

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
