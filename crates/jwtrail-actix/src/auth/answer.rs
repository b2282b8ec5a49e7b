use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use jwtrail_event::Reason;
use jwtrail_session::Limited;

/// What a refused client is told: the class, never the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No credentials, or another scheme.
    Missing,
    /// `invalid_request`.
    MalformedRequest,
    /// `invalid_token`.
    InvalidToken,
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
            Self::Missing | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) | Self::PolicyDenied => StatusCode::FORBIDDEN,
            Self::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Deadline => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotProtected => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer of RFC 6750 section 3, and for a limit that of RFC 6585 section 4.
    pub(crate) fn answer(&self, realm: &Realm) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status());
        answer.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if let Some(challenge) = self.challenge(realm) {
            answer.insert_header((WWW_AUTHENTICATE, challenge));
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
            Self::InsufficientScope(_) | Self::PolicyDenied => r#"{"error":"insufficient_scope"}"#,
            Self::Limited(_) => r#"{"error":"rate_limited"}"#,
            Self::Unavailable | Self::Deadline => r#"{"error":"temporarily_unavailable"}"#,
            Self::NotProtected => r#"{"error":"server_error"}"#,
        }
    }

    fn challenge(&self, realm: &Realm) -> Option<String> {
        let realm = &realm.0;
        Some(match self {
            Self::Missing => format!("Bearer realm=\"{realm}\""),
            Self::MalformedRequest => {
                format!("Bearer realm=\"{realm}\", error=\"invalid_request\"")
            }
            Self::InvalidToken => format!("Bearer realm=\"{realm}\", error=\"invalid_token\""),
            Self::InsufficientScope(scope) => {
                let scope = quotable(scope);
                format!("Bearer realm=\"{realm}\", error=\"insufficient_scope\", scope=\"{scope}\"")
            }
            Self::PolicyDenied => {
                format!("Bearer realm=\"{realm}\", error=\"insufficient_scope\"")
            }
            Self::Limited(_) | Self::Unavailable | Self::Deadline | Self::NotProtected => {
                return None;
            }
        })
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

/// The realm of the challenge, fit for a quoted string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Realm(Arc<str>);

impl Realm {
    pub(crate) fn new(text: &str) -> Option<Self> {
        let fit = |b: u8| (b.is_ascii_graphic() || b == b' ') && b != b'"' && b != b'\\';
        (!text.is_empty() && text.bytes().all(fit)).then(|| Self(text.into()))
    }
}

/// A scope that the application named is text of ours, but not always fit for a header.
fn quotable(scope: &str) -> String {
    let fit = |c: &char| (c.is_ascii_graphic() || *c == ' ') && *c != '"' && *c != '\\';
    scope.chars().filter(fit).collect()
}

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
