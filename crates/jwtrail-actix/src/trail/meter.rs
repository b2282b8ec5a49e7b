//! Counting what is recorded, for metrics: by each thread for itself, in the lock that it holds
//! to record.

mod book;
mod tally;

use std::sync::Arc;

use jwtrail_event::events::{Decided, Happened, Measure};
use jwtrail_event::{EventName, Reason, Timestamp};

pub(crate) use book::{Book, Series};
pub(crate) use tally::{Count, Durations, Other, Tally};

/// One thread's counts.
#[derive(Debug)]
pub(super) struct Meter {
    tally: Tally,
    book: Arc<Book>,
    /// The series that were counted last, each with what is not in the tally yet.
    seen: Box<[Option<Seen>; SLOTS]>,
    /// When what is counted now happened.
    pub(super) time: Timestamp,
}

#[derive(Debug)]
struct Seen {
    event: EventName,
    reason: Option<Reason>,
    route: Box<str>,
    scope_class: Box<str>,
    number: usize,
    count: u64,
}

impl Meter {
    pub(super) fn new(book: Arc<Book>) -> Self {
        Self {
            tally: Tally::default(),
            book,
            seen: Box::new([const { None }; SLOTS]),
            time: Timestamp::MIN,
        }
    }

    /// Adds what was counted to a sum.
    pub(super) fn add_to(&self, sum: &mut Tally) {
        sum.add(&self.tally);
        for seen in self.seen.iter().flatten() {
            sum.decided(seen.number, seen.count);
        }
    }

    /// Another series takes the slot.
    #[cold]
    fn begin(&mut self, decided: &Decided<'_>) {
        let Decided {
            event,
            reason,
            route,
            scope_class,
            ..
        } = *decided;
        let seen = Seen {
            event,
            reason,
            route: route.into(),
            scope_class: scope_class.into(),
            number: self.book.number(event, reason, route, scope_class),
            count: 1,
        };
        let before = self
            .seen
            .get_mut(usize::from(slot(decided)))
            .and_then(|slot| slot.replace(seen));
        if let Some(before) = before {
            self.tally.decided(before.number, before.count);
        }
    }
}

impl Measure for Meter {
    #[inline]
    fn decided(&mut self, decided: Decided<'_>) {
        match self.seen.get_mut(usize::from(slot(&decided))) {
            Some(Some(seen)) if seen.is(&decided) => seen.count += 1,
            _ => self.begin(&decided),
        }
        self.tally
            .answered(decided.outcome, decided.duration_us, decided.cache);
    }

    fn happened(&mut self, happened: Happened<'_>) {
        let other = Other {
            event: happened.event,
            outcome: happened.outcome,
            reason: happened.reason,
            dropped_kind: happened.dropped_kind,
            about: self.book.name(happened.about),
        };
        self.tally.happened(other, happened.count, self.time);
    }
}

impl Seen {
    #[inline]
    fn is(&self, decided: &Decided<'_>) -> bool {
        self.event == decided.event
            && self.reason == decided.reason
            && *self.route == *decided.route
            && self.scope_class.len() == decided.scope_class.len()
            && (self.scope_class.is_empty() || *self.scope_class == *decided.scope_class)
    }
}

/// Where a series is looked for. A few steps, and no more than that: two that share a slot are
/// looked up in the book by turns.
#[inline]
fn slot(decided: &Decided<'_>) -> u8 {
    let route = decided.route.as_bytes();
    let ends = match (route.first_chunk(), route.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(27)
        }
        _ => route.last().copied().map_or(0, u64::from),
    };
    let reason = decided.reason.map_or(0, |reason| 1 + reason as u64);
    let class = decided.scope_class.as_bytes();
    let class = class.last().copied().map_or(0, u64::from) << 8 | class.len() as u64;
    let mixed = ends
        ^ (route.len() as u64) << 40
        ^ class << 48
        ^ (decided.event as u64) << 56
        ^ reason << 20;
    mixed.wrapping_mul(ODD).to_le_bytes()[7]
}

/// As many as a byte can tell apart.
const SLOTS: usize = 256;

/// The golden ratio's: its product spreads every bit upwards.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
