//! Random bytes for ids, drawn from the system in blocks so that a request does not wait for
//! one system call per id.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use jwtrail_event::{EventId, SpanId, Timestamp, TraceId};

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    POOL.try_with(|pool| pool.try_borrow_mut().ok()?.take())
        .ok()
        .flatten()
        .unwrap_or_else(counted)
}

pub(crate) fn event_id(time: Timestamp) -> EventId {
    EventId::v7(time, &bytes())
}

/// A trace, and the span that begins it.
pub(crate) fn trace() -> (TraceId, SpanId) {
    let [a, b, c] = *bytes::<24>().as_chunks::<8>().0 else {
        return (trace_id(), span_id());
    };
    let trace = u128::from(u64::from_be_bytes(a)) << 64 | u128::from(u64::from_be_bytes(b));
    let span = SpanId::from_bits(u64::from_be_bytes(c));
    (TraceId::from_bits(trace), span)
}

pub(crate) fn trace_id() -> TraceId {
    TraceId::from_bits(u128::from_be_bytes(bytes()))
}

pub(crate) fn span_id() -> SpanId {
    SpanId::from_bits(u64::from_be_bytes(bytes()))
}

pub(crate) fn uuid() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// Bytes for a key, which must be random or not be.
pub(crate) fn secret() -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(bytes)
}

struct Pool {
    block: [u8; BLOCK],
    used: usize,
}

impl Pool {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        if self.used + N > BLOCK {
            aws_lc_rs::rand::fill(&mut self.block).ok()?;
            self.used = 0;
        }
        let taken = self.block.get(self.used..self.used + N)?.try_into().ok();
        self.used += N;
        taken
    }
}

/// Ids only have to differ. Where the pool can't be had (the thread is ending, the system has
/// no randomness), a count does.
fn counted<const N: usize>() -> [u8; N] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; N];
    let mut block = [0; 16];
    if aws_lc_rs::rand::fill(&mut block).is_err() {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        block = u128::from(count).to_be_bytes();
    }
    for (to, from) in bytes.iter_mut().rev().zip(block.iter().rev()) {
        *to = *from;
    }
    bytes
}

const BLOCK: usize = 4096;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { block: [0; BLOCK], used: BLOCK }) };
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn ids_differ_across_blocks() {
        let ids: HashSet<[u8; 16]> = (0..1000).map(|_| super::bytes()).collect();
        assert_eq!(ids.len(), 1000);
    }
}
