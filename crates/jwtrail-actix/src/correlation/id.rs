use std::fmt;
use std::sync::OnceLock;

use actix_web::http::header::{HeaderMap, HeaderValue};
use jwtrail_event::CorrelationSource;
use uuid::Uuid;

use super::{REQUEST_ID, only, request_id};
use crate::random;

/// A request id, where it needs no allocation of its own.
#[derive(Clone)]
pub(super) enum Id {
    /// The request's own: harmless text.
    Incoming(HeaderValue),
    /// A UUID of version 4, and its text once somebody asked for it.
    Generated(Uuid, OnceLock<String>),
}

impl Id {
    /// The request's own if it brought a good one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let good = |value: &&HeaderValue| value.to_str().ok().and_then(request_id::read).is_some();
        match only(headers, &REQUEST_ID).filter(good) {
            Some(value) => Self::Incoming(value.clone()),
            None => Self::Generated(random::uuid(), OnceLock::new()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            // It is ASCII.
            Self::Incoming(value) => std::str::from_utf8(value.as_bytes()).unwrap_or_default(),
            Self::Generated(id, text) => text.get_or_init(|| id.hyphenated().to_string()),
        }
    }

    /// The same, written into a buffer if it is not text yet.
    pub(super) fn in_buffer<'a>(&'a self, buffer: &'a mut [u8; 36]) -> &'a str {
        match self {
            Self::Incoming(_) => self.as_str(),
            Self::Generated(id, _) => id.hyphenated().encode_lower(buffer),
        }
    }

    pub(super) fn source(&self) -> CorrelationSource {
        match self {
            Self::Incoming(_) => CorrelationSource::Incoming,
            Self::Generated(..) => CorrelationSource::Generated,
        }
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Incoming(value) => Some(value.clone()),
            Self::Generated(..) => HeaderValue::from_str(self.in_buffer(&mut [0; 36])).ok(),
        }
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source() && self.as_str() == other.as_str()
    }
}

impl Eq for Id {}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
