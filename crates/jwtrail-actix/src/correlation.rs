//! The ids that join what one request caused, in, out and onwards.

mod request_id;
mod trace_context;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use jwtrail_event::events;
use jwtrail_event::{CorrelationSource, Hop, SpanId, Text, TraceId};

use crate::random;
use crate::request_facts::RequestFacts;
use trace_context::TraceParent;

/// The ids of the request at hand: for log lines, outgoing calls and spawned tasks.
///
/// ```
/// use actix_web::HttpResponse;
/// use jwtrail_actix::Correlation;
///
/// async fn handler(correlation: Correlation) -> HttpResponse {
///     for (name, value) in correlation.headers() {
///         // Give them to the outgoing request.
///         # let _ = (name, value);
///     }
///     HttpResponse::Ok().body(correlation.id().to_owned())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    id: String,
    source: CorrelationSource,
    trace_id: TraceId,
    span_id: SpanId,
    linked_trace_id: Option<TraceId>,
    flags: u8,
}

impl Correlation {
    /// The request id: the request's own if it brought a good one.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The W3C trace id.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// This service's span in the trace.
    #[must_use]
    pub fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The headers that an outgoing call carries: `traceparent` and `x-request-id`.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 2] {
        [
            ("traceparent", self.trace_text()),
            ("x-request-id", self.id.clone()),
        ]
    }

    pub(crate) fn of(headers: &HeaderMap, hop: Hop) -> Self {
        let incoming = only(headers, "traceparent").and_then(TraceParent::read);
        let kept = incoming.filter(|_| hop == Hop::Internal);
        let id = only(headers, "x-request-id").and_then(request_id::read);
        let source = match id {
            Some(_) => CorrelationSource::Incoming,
            None => CorrelationSource::Generated,
        };
        Self {
            id: id.map_or_else(|| random::uuid().hyphenated().to_string(), str::to_owned),
            source,
            trace_id: kept.map_or_else(random::trace_id, |parent| parent.trace_id),
            span_id: random::span_id(),
            linked_trace_id: incoming
                .filter(|_| kept.is_none())
                .map(|parent| parent.trace_id),
            flags: kept.map_or(SAMPLED, |parent| parent.flags),
        }
    }

    pub(crate) fn event(&self) -> events::Correlation<'_> {
        events::Correlation {
            id: Text::from(&self.id),
            source: self.source,
            trace_id: self.trace_id,
            span_id: self.span_id,
            linked_trace_id: self.linked_trace_id,
        }
    }

    /// Puts the ids on the answer.
    pub(crate) fn put_on(&self, headers: &mut HeaderMap) {
        let ids = [
            ("x-request-id", &self.id),
            ("traceresponse", &self.trace_text()),
        ];
        for (name, value) in ids {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    fn trace_text(&self) -> String {
        format!("00-{}-{}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

impl FromRequest for Correlation {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = RequestFacts::found(&request.extensions())
            .map(|facts| facts.correlation.clone())
            .or_else(|| request.extensions().get::<Self>().cloned());
        // Without our middleware there is nobody to be trusted. The ids stay the same for the
        // rest of the request.
        let correlation = known.unwrap_or_else(|| {
            let fresh = Self::of(request.headers(), Hop::Edge);
            request.extensions_mut().insert(fresh.clone());
            fresh
        });
        ready(Ok(correlation))
    }
}

/// The header's value, if it stands there once and is text.
fn only<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    let mut values = headers.get_all(HeaderName::from_static(name));
    let first = values.next()?;
    if values.next().is_some() {
        return None;
    }
    first.to_str().ok()
}

const SAMPLED: u8 = 1;

#[cfg(test)]
#[path = "correlation/tests.rs"]
mod tests;
