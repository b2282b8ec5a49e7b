use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderValue};
use jwtrail_event::CorrelationSource;

use super::{REQUEST_ID, only, request_id};
use crate::random;

/// A request id, where it needs no allocation of its own.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Id {
    /// The request's own: harmless text.
    Incoming(HeaderValue),
    /// A UUID of version 4 as text.
    Generated([u8; 36]),
}

impl Id {
    /// The request's own if it brought a good one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let good = |value: &&HeaderValue| value.to_str().ok().and_then(request_id::read).is_some();
        match only(headers, &REQUEST_ID).filter(good) {
            Some(value) => Self::Incoming(value.clone()),
            None => Self::Generated(random::uuid_text()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = match self {
            Self::Incoming(value) => value.as_bytes(),
            Self::Generated(text) => text,
        };
        // Both are ASCII.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    pub(super) fn source(&self) -> CorrelationSource {
        match self {
            Self::Incoming(_) => CorrelationSource::Incoming,
            Self::Generated(_) => CorrelationSource::Generated,
        }
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Incoming(value) => Some(value.clone()),
            Self::Generated(text) => HeaderValue::from_bytes(text).ok(),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
