use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::table::Row;

/// When the watermark has to look at keys again, the earliest first.
///
/// A key holds its own time as well: a timer that it does not agree with is out of date.
///
/// Only the nearest are held in order. There is one for each key, and a heap of all would cost
/// as many distant memory accesses as it is deep.
#[derive(Debug)]
pub(super) struct Timers {
    near: BinaryHeap<Reverse<Timer>>,
    /// All that are due before are near.
    near_until: i64,
    /// The others, by the span of time in which they are due.
    far: BTreeMap<i64, Far>,
}

/// Those of one span.
#[derive(Debug)]
struct Far {
    first: i64,
    timers: Vec<Timer>,
}

/// Due at a time. Those of one time come in the order of their keys' hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub(super) due: i64,
    hash: u32,
    pub(super) row: Row,
}

impl Timer {
    /// Whether it may be of this key.
    pub(super) const fn is_of(&self, hash: u128) -> bool {
        self.hash == part(hash)
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            near: BinaryHeap::new(),
            near_until: i64::MIN,
            far: BTreeMap::new(),
        }
    }
}

impl Timers {
    pub(super) fn set(&mut self, due: i64, hash: u128, row: Row) {
        let hash = part(hash);
        self.put(Timer { due, hash, row });
    }

    fn put(&mut self, timer: Timer) {
        if timer.due < self.near_until {
            self.near.push(Reverse(timer));
            return;
        }
        let far = self.far.entry(timer.due.div_euclid(SPAN));
        let far = far.or_insert_with(|| Far {
            first: timer.due,
            timers: Vec::new(),
        });
        far.first = far.first.min(timer.due);
        if far.timers.len() == far.timers.capacity() {
            // There is one for each key: doubling would waste much.
            far.timers.reserve_exact(far.timers.len() / 8 + 16);
        }
        far.timers.push(timer);
    }

    /// The earliest one, if it is due.
    pub(super) fn pop_due(&mut self, now: i64) -> Option<Timer> {
        (self.first() <= now).then(|| self.pop())?
    }

    /// When the earliest is due.
    pub(super) fn first(&self) -> i64 {
        match (self.near.peek(), self.far.first_key_value()) {
            (Some(near), _) => near.0.due,
            (None, Some((_, far))) => far.first,
            (None, None) => i64::MAX,
        }
    }

    pub(super) fn pop(&mut self) -> Option<Timer> {
        if self.near.is_empty()
            && let Some((span, far)) = self.far.pop_first()
        {
            self.near_until = span.saturating_add(1).saturating_mul(SPAN);
            self.near.extend(far.timers.into_iter().map(Reverse));
        }
        self.near.pop().map(|Reverse(timer)| timer)
    }

    pub(super) fn put_back(&mut self, timers: impl IntoIterator<Item = Timer>) {
        for timer in timers {
            self.put(timer);
        }
    }
}

const fn part(hash: u128) -> u32 {
    (hash >> 96) as u32
}

/// Milliseconds. So few are due within it that their heap stays in the processor's cache.
const SPAN: i64 = 1_024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SPAN, Timers};
    use crate::engine::table::Table;

    proptest! {
        #[test]
        fn the_earliest_comes_first(
            steps in prop::collection::vec((any::<bool>(), -4 * SPAN..4 * SPAN), 0..400)
        ) {
            let row = Table::new().insert(1, ());
            let (mut timers, mut due) = (Timers::default(), Vec::new());
            for (set, time) in steps {
                if set {
                    timers.set(time, 1, row);
                    due.push(time);
                    due.sort_unstable();
                } else {
                    let earliest = due.first().copied().filter(|first| *first <= time);
                    prop_assert_eq!(timers.pop_due(time).map(|timer| timer.due), earliest);
                    due.drain(..usize::from(earliest.is_some()));
                }
                prop_assert_eq!(timers.first(), due.first().copied().unwrap_or(i64::MAX));
            }
        }
    }
}
