//! The ids that join what one request caused, in, out and onwards.

mod id;
mod propagate;
mod request_id;
mod trace_context;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use jwtrail_event::events;
use jwtrail_event::{Hop, SpanId, Text, TraceId};

pub use propagate::{Correlated, correlate};

use crate::random;
use crate::request_facts::{KnownFacts, REQUEST_ID, RareHeaders};
use id::Ids;
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
    ids: Ids,
    trace_id: TraceId,
    span_id: SpanId,
    linked_trace_id: Option<TraceId>,
}

impl Correlation {
    /// The request id: the request's own if it brought a good one.
    #[must_use]
    pub fn id(&self) -> &str {
        self.ids.id()
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
            ("traceparent", self.ids.trace().to_owned()),
            ("x-request-id", self.id().to_owned()),
        ]
    }

    pub(crate) fn of(headers: RareHeaders<'_>, hop: Hop) -> Self {
        let incoming = headers.trace_parent().and_then(|value| value.to_str().ok());
        let incoming = incoming.and_then(TraceParent::read);
        let kept = incoming.filter(|_| hop == Hop::Internal);
        let own_id = headers.request_id().filter(request_id::is_good);
        let (ids, trace_id, span_id) = match (own_id, kept) {
            (None, None) => Ids::fresh(),
            (own_id, kept) => {
                let (trace, span) = random::trace();
                let trace = kept.map_or(trace, |parent| parent.trace_id);
                let flags = kept.map_or(SAMPLED, |parent| parent.flags);
                let ids = match own_id {
                    Some(id) => Ids::incoming(id.as_bytes(), trace, span, flags),
                    None => Ids::generated(trace, span, flags),
                };
                (ids, trace, span)
            }
        };
        Self {
            ids,
            trace_id,
            span_id,
            linked_trace_id: incoming
                .filter(|_| kept.is_none())
                .map(|parent| parent.trace_id),
        }
    }

    /// As an event carries it.
    pub(crate) fn event(&self) -> events::Correlation<'_> {
        events::Correlation {
            id: Text::from_bytes(self.ids.id_bytes()),
            source: self.ids.source(),
            trace_id: self.trace_id,
            span_id: self.span_id,
            linked_trace_id: self.linked_trace_id,
        }
    }

    /// Puts the ids on the answer.
    pub(crate) fn put_on(&self, headers: &mut HeaderMap) {
        let [id, trace] = self.ids.header_values();
        if let Some(id) = id {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(trace) = trace {
            headers.insert(TRACE_RESPONSE, trace);
        }
    }
}

impl FromRequest for Correlation {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = KnownFacts::found(&request.extensions())
            .map(|facts| facts.correlation.clone())
            .or_else(|| request.extensions().get::<Self>().cloned());
        // Without our middleware there is nobody to be trusted. The ids stay the same for the
        // rest of the request.
        let correlation = known.unwrap_or_else(|| {
            let fresh = Self::of(RareHeaders::of(request.headers()), Hop::Edge);
            request.extensions_mut().insert(fresh.clone());
            fresh
        });
        ready(Ok(correlation))
    }
}

const SAMPLED: u8 = 1;
const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");

#[cfg(test)]
#[path = "correlation/tests.rs"]
mod tests;
