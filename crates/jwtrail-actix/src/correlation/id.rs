use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::web::Bytes;
use jwtrail_event::CorrelationSource;
use uuid::fmt::Hyphenated;

use super::{REQUEST_ID, only, request_id};
use crate::random;

/// The request id and this service's place in the trace as they stand in headers: one allocation
/// for both, and one rendering for the record, the answer and what is called.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ids {
    /// The id, and then the `traceparent`. All of it is ASCII.
    text: Bytes,
    source: CorrelationSource,
}

impl Ids {
    /// With the request's own id if it brought a good one, else with a UUID of version 4.
    pub(super) fn new(headers: &HeaderMap, trace: &[u8; TRACE]) -> Self {
        let good = |value: &&HeaderValue| value.to_str().ok().and_then(request_id::read).is_some();
        match only(headers, &REQUEST_ID).filter(good) {
            Some(value) => Self {
                text: [value.as_bytes(), trace].concat().into(),
                source: CorrelationSource::Incoming,
            },
            None => Self {
                text: Bytes::from_owner(generated(trace)),
                source: CorrelationSource::Generated,
            },
        }
    }

    pub(super) fn id(&self) -> &str {
        text(self.text.get(..self.middle()).unwrap_or_default())
    }

    pub(super) fn trace(&self) -> &str {
        text(self.text.get(self.middle()..).unwrap_or_default())
    }

    pub(super) const fn source(&self) -> CorrelationSource {
        self.source
    }

    /// Both, for the answer.
    pub(super) fn header_values(&self) -> [Option<HeaderValue>; 2] {
        let middle = self.middle();
        [self.text.slice(..middle), self.text.slice(middle..)]
            .map(|value| HeaderValue::from_maybe_shared(value).ok())
    }

    const fn middle(&self) -> usize {
        self.text.len().saturating_sub(TRACE)
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.id(), f)
    }
}

fn generated(trace: &[u8; TRACE]) -> [u8; ID + TRACE] {
    let mut text = [0; ID + TRACE];
    let (id, rest) = text.split_at_mut(ID);
    random::uuid().hyphenated().encode_lower(id);
    rest.copy_from_slice(trace);
    text
}

fn text(ascii: &[u8]) -> &str {
    std::str::from_utf8(ascii).unwrap_or_default()
}

/// The length of a generated id.
const ID: usize = Hyphenated::LENGTH;
/// The length of a `traceparent`.
pub(super) const TRACE: usize = 55;
