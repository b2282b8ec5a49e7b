use std::cell::RefCell;
use std::fmt;

use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use jwtrail_event::{CorrelationSource, SpanId, TraceId};

use super::SAMPLED;
use crate::random;

/// The request id and this service's place in the trace as they stand in headers: one text for
/// both, and one rendering for the record, the answer and what is called.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ids {
    /// The id, and then the `traceparent`. All of it is ASCII.
    text: Bytes,
    source: CorrelationSource,
}

impl Ids {
    /// With the request's own id.
    pub(super) fn incoming(id: &[u8], trace: TraceId, span: SpanId, flags: u8) -> Self {
        let mut parent = *PARENT;
        write_parent(&mut parent, &trace.digits(), span, flags);
        Self {
            text: [id, &parent].concat().into(),
            source: CorrelationSource::Incoming,
        }
    }

    /// Of a request that begins a trace and is named by it.
    pub(super) fn fresh() -> (Self, TraceId, SpanId) {
        let of_stock = STOCK.try_with(|stock| stock.try_borrow_mut().ok()?.take());
        let (text, trace, span) = of_stock.ok().flatten().unwrap_or_else(|| {
            let (trace, span) = random::trace();
            let text = Bytes::copy_from_slice(&fresh_text(trace, span));
            (text, trace, span)
        });
        let source = CorrelationSource::Generated;
        (Self { text, source }, trace, span)
    }

    /// With an id of its own, in a trace that somebody else began.
    pub(super) fn generated(trace: TraceId, span: SpanId, flags: u8) -> Self {
        let mut parent = *PARENT;
        write_parent(&mut parent, &trace.digits(), span, flags);
        let (id, _) = random::trace();
        Self {
            text: [&id.digits()[..], &parent].concat().into(),
            source: CorrelationSource::Generated,
        }
    }

    pub(super) fn id(&self) -> &str {
        text(self.id_bytes())
    }

    pub(super) fn id_bytes(&self) -> &[u8] {
        self.text.get(..self.middle()).unwrap_or_default()
    }

    pub(super) fn trace(&self) -> &str {
        text(self.text.get(self.middle()..).unwrap_or_default())
    }

    pub(super) const fn source(&self) -> CorrelationSource {
        self.source
    }

    /// Both, for the answer.
    pub(super) fn header_values(&self) -> [Option<HeaderValue>; 2] {
        // Each character is looked at. Where the lengths are known to the compiler, nothing else.
        if self.text.len() == FRESH {
            return [
                HeaderValue::from_maybe_shared(self.text.slice(..ID)).ok(),
                HeaderValue::from_maybe_shared(self.text.slice(ID..FRESH)).ok(),
            ];
        }
        let middle = self.middle();
        [self.text.slice(..middle), self.text.slice(middle..)]
            .map(|value| HeaderValue::from_maybe_shared(value).ok())
    }

    const fn middle(&self) -> usize {
        self.text.len().saturating_sub(PARENT.len())
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.id(), f)
    }
}

/// Puts the digits into a `traceparent` of version 00.
fn write_parent(parent: &mut [u8], trace: &[u8; 32], span: SpanId, flags: u8) {
    if let Some(place) = parent.get_mut(3..35) {
        place.copy_from_slice(trace);
    }
    if let Some(place) = parent.get_mut(36..52) {
        place.copy_from_slice(&span.digits());
    }
    if let Some(place) = parent.get_mut(53..55) {
        place.copy_from_slice(&[digit(flags >> 4), digit(flags & 0x0f)]);
    }
}

fn digit(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}

/// Texts of fresh ids, made many at a time in one allocation.
#[derive(Default)]
struct Stock {
    texts: Bytes,
    /// The last one's text comes first.
    ids: Vec<(TraceId, SpanId)>,
}

impl Stock {
    fn take(&mut self) -> Option<(Bytes, TraceId, SpanId)> {
        if self.ids.is_empty() {
            self.fill();
        }
        let (trace, span) = self.ids.pop()?;
        let has_one = self.texts.len() >= FRESH;
        has_one.then(|| (self.texts.split_to(FRESH), trace, span))
    }

    #[cold]
    fn fill(&mut self) {
        self.ids.extend((0..MANY).map(|_| random::trace()));
        let mut texts = Vec::with_capacity(MANY * FRESH);
        for (trace, span) in self.ids.iter().rev() {
            texts.extend_from_slice(&fresh_text(*trace, *span));
        }
        self.texts = texts.into();
    }
}

fn fresh_text(trace: TraceId, span: SpanId) -> [u8; FRESH] {
    let mut text = [0; FRESH];
    let (id, parent) = text.split_at_mut(ID);
    let digits = trace.digits();
    id.copy_from_slice(&digits);
    parent.copy_from_slice(PARENT);
    write_parent(parent, &digits, span, SAMPLED);
    text
}

fn text(ascii: &[u8]) -> &str {
    std::str::from_utf8(ascii).unwrap_or_default()
}

/// The length of an id of ours: 128 bits in hexadecimal digits.
const ID: usize = 32;
const PARENT: &[u8; 55] = b"00-00000000000000000000000000000000-0000000000000000-00";

/// The length of an id of ours and of its `traceparent`.
const FRESH: usize = ID + PARENT.len();
/// As many as make a block of memory.
const MANY: usize = 46;

thread_local! {
    static STOCK: RefCell<Stock> = RefCell::default();
}
