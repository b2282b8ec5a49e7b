use std::collections::{BTreeMap, HashMap};

use super::count;
use crate::rule::Spread;

/// How often each source is among a window's events: kept as they come and go, since they are
/// asked for with each of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    uses: HashMap<u64, u32>,
    /// How many sources have so many uses.
    sources: BTreeMap<u32, u32>,
    events: usize,
    /// The sum of the squares of the uses.
    squares: u64,
}

impl Sources {
    pub(super) fn add(&mut self, source: u64) {
        self.events += 1;
        if source == UNKNOWN {
            self.squares += 1;
        } else {
            self.change(source, |uses| uses.saturating_add(1));
        }
    }

    pub(super) fn remove(&mut self, source: u64) {
        self.events = self.events.saturating_sub(1);
        if source == UNKNOWN {
            self.squares = self.squares.saturating_sub(1);
        } else {
            self.change(source, |uses| uses.saturating_sub(1));
        }
    }

    fn change(&mut self, source: u64, to: impl Fn(u32) -> u32) {
        let uses = self.uses.entry(source).or_default();
        let (before, after) = (*uses, to(*uses));
        *uses = after;
        if after == 0 {
            self.uses.remove(&source);
        }
        let square = |uses: u32| u64::from(uses) * u64::from(uses);
        self.squares = self.squares + square(after) - square(before);
        if let Some(sources) = self.sources.get_mut(&before) {
            *sources -= 1;
            if *sources == 0 {
                self.sources.remove(&before);
            }
        }
        if after > 0 {
            *self.sources.entry(after).or_default() += 1;
        }
    }

    /// Whether enough sources have few enough uses each.
    pub(super) fn are_spread(&self, spread: Spread) -> bool {
        let most = u32::try_from(spread.at_most_each).unwrap_or(u32::MAX);
        let thin = self.sources.range(..=most).map(|(_, sources)| *sources);
        let thin = thin.fold(0_usize, |sum, sources| sum + sources as usize);
        thin >= spread.at_least
    }

    /// How many events have the source of an event that is picked at random.
    pub(super) fn events_of_one(&self) -> f64 {
        let squares = usize::try_from(self.squares).unwrap_or(usize::MAX);
        count(squares) / count(self.events.max(1))
    }
}

/// Events of no known source count for none, and happened each by itself.
const UNKNOWN: u64 = 0;
