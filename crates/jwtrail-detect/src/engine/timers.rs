use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::table::Row;

/// When the watermark has to look at keys again, the earliest first.
///
/// A key holds its own time as well: a timer that it does not agree with is out of date.
#[derive(Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<Timer>>);

/// Due at a time. Those of one time come in the order of their keys' hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub(super) due: i64,
    hash: u32,
    pub(super) row: Row,
}

impl Timers {
    pub(super) fn set(&mut self, due: i64, hash: u128, row: Row) {
        let hash = (hash >> 96) as u32;
        self.0.push(Reverse(Timer { due, hash, row }));
    }

    /// The earliest one, if it is due.
    pub(super) fn pop_due(&mut self, now: i64) -> Option<Timer> {
        let due = |first: &Reverse<Timer>| first.0.due <= now;
        self.0.peek().is_some_and(due).then(|| self.pop())?
    }

    /// When the earliest is due.
    pub(super) fn first(&self) -> i64 {
        self.0.peek().map_or(i64::MAX, |first| first.0.due)
    }

    pub(super) fn pop(&mut self) -> Option<Timer> {
        self.0.pop().map(|Reverse(timer)| timer)
    }

    pub(super) fn put_back(&mut self, timers: impl IntoIterator<Item = Timer>) {
        self.0.extend(timers.into_iter().map(Reverse));
    }
}
