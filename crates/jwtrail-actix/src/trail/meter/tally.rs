use std::collections::HashMap;

use jwtrail_event::{CacheUse, DroppedKind, EventName, Outcome, Reason, Timestamp};

/// What was counted. Tallies of several threads add up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// By the number of their series.
    pub(crate) decisions: Vec<u64>,
    pub(crate) succeeded: Durations,
    pub(crate) failed: Durations,
    pub(crate) cache_hits: u64,
    pub(crate) cache_misses: u64,
    pub(crate) others: HashMap<Other, Count>,
}

/// How long requests took: how many were done within each bound, and not within the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Durations {
    pub(crate) counts: [u64; BOUNDS + 1],
    pub(crate) sum_us: u64,
}

/// What happened that is no decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Other {
    pub(crate) event: EventName,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<Reason>,
    pub(crate) dropped_kind: Option<DroppedKind>,
    /// An issuer or a sink.
    pub(crate) about: Box<str>,
}

/// How often, and when the last time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    pub(crate) count: u64,
    pub(crate) last: Timestamp,
}

impl Tally {
    /// So many more decisions of a series.
    pub(super) fn decided(&mut self, number: usize, count: u64) {
        if self.decisions.len() <= number {
            self.decisions.resize(number + 1, 0);
        }
        if let Some(sum) = self.decisions.get_mut(number) {
            *sum += count;
        }
    }

    /// How long it took to answer, and whether the token was known.
    #[inline]
    pub(super) fn answered(&mut self, outcome: Outcome, us: u64, cache: CacheUse) {
        match outcome {
            Outcome::Success => self.succeeded.add(us),
            Outcome::Failure => self.failed.add(us),
        }
        match cache {
            CacheUse::Hit => self.cache_hits += 1,
            CacheUse::Miss => self.cache_misses += 1,
            CacheUse::None => {}
        }
    }

    pub(super) fn happened(&mut self, other: Other, count: u64, time: Timestamp) {
        let entry = self.others.entry(other);
        let entry = entry.or_insert(Count {
            count: 0,
            last: time,
        });
        entry.add(Count { count, last: time });
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if self.decisions.len() < other.decisions.len() {
            self.decisions.resize(other.decisions.len(), 0);
        }
        for (sum, count) in self.decisions.iter_mut().zip(&other.decisions) {
            *sum += count;
        }
        self.succeeded.merge(&other.succeeded);
        self.failed.merge(&other.failed);
        self.cache_hits += other.cache_hits;
        self.cache_misses += other.cache_misses;
        for (what, count) in &other.others {
            match self.others.get_mut(what) {
                Some(sum) => sum.add(*count),
                None => {
                    self.others.insert(what.clone(), *count);
                }
            }
        }
    }
}

impl Count {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.last = self.last.max(other.last);
    }
}

impl Durations {
    #[inline]
    fn add(&mut self, us: u64) {
        // Bounds are powers of two, so that finding one is one instruction.
        let bits = u64::BITS - us.saturating_sub(1).leading_zeros();
        let bound = bits.saturating_sub(FIRST_BITS) as usize;
        if let Some(count) = self.counts.get_mut(bound.min(BOUNDS)) {
            *count += 1;
        }
        self.sum_us = self.sum_us.wrapping_add(us);
    }

    fn merge(&mut self, other: &Self) {
        for (sum, count) in self.counts.iter_mut().zip(&other.counts) {
            *sum += count;
        }
        self.sum_us = self.sum_us.wrapping_add(other.sum_us);
    }

    /// The bounds in microseconds, each with how many were done within it.
    pub(crate) fn bounds(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let within = self.counts.iter().take(BOUNDS).scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        (FIRST_BITS..).map(|bits| 1 << bits).zip(within)
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// The first bound is 2^4 = 16 us, the last 2^23 us = 8.4 s.
const FIRST_BITS: u32 = 4;
const BOUNDS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_within_its_bound_and_not_the_one_before() {
        for (us, bound) in [
            (0, 16),
            (16, 16),
            (17, 32),
            (1_000, 1_024),
            (1_024, 1_024),
            (1_025, 2_048),
        ] {
            let mut durations = Durations::default();
            durations.add(us);
            let first = durations.bounds().find(|(_, within)| *within == 1);
            assert_eq!(first, Some((bound, 1)), "{us}");
        }
        let mut durations = Durations::default();
        durations.add(u64::MAX);
        assert_eq!(durations.bounds().last(), Some((8_388_608, 0)));
        assert_eq!(durations.count(), 1);
    }
}
