use std::cell::RefCell;
use std::fmt;

use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, BytesMut};
use jwtrail_event::{CorrelationSource, SpanId, TraceId};

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
            text: kept(&[id, &parent].concat()),
            source: CorrelationSource::Incoming,
        }
    }

    /// With an id of our own.
    pub(super) fn generated(id: TraceId, trace: TraceId, span: SpanId, flags: u8) -> Self {
        let mut text = [0; ID + PARENT.len()];
        let (own, parent) = text.split_at_mut(ID);
        parent.copy_from_slice(PARENT);
        let digits = trace.digits();
        own.copy_from_slice(&if id == trace { digits } else { id.digits() });
        write_parent(parent, &digits, span, flags);
        Self {
            text: kept(&text),
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
        if self.text.len() == ID + PARENT.len() {
            return [
                HeaderValue::from_maybe_shared(self.text.slice(..ID)).ok(),
                HeaderValue::from_maybe_shared(self.text.slice(ID..ID + PARENT.len())).ok(),
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

/// A part of a block that many requests share, so that none pays for an allocation of its own.
fn kept(text: &[u8]) -> Bytes {
    let of_block = BLOCK.try_with(|block| {
        let mut block = block.try_borrow_mut().ok()?;
        block.extend_from_slice(text);
        Some(block.split().freeze())
    });
    let of_block = of_block.ok().flatten();
    of_block.unwrap_or_else(|| Bytes::copy_from_slice(text))
}

fn text(ascii: &[u8]) -> &str {
    std::str::from_utf8(ascii).unwrap_or_default()
}

/// The length of an id of ours: 128 bits in hexadecimal digits.
const ID: usize = 32;
const PARENT: &[u8; 55] = b"00-00000000000000000000000000000000-0000000000000000-00";

thread_local! {
    static BLOCK: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(4096));
}
