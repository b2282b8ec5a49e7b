use serde::{Deserialize, Serialize};

use crate::engine::entry::Entry;
use crate::rule::{Plan, Shape};

/// "At least N distinct in T" is decided by the N values seen most recently: any older value
/// has N newer ones before it leaves the window.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct DistinctWindow {
    /// Each value with its latest entry, in final order.
    latest: Vec<(u64, Entry)>,
}

impl DistinctWindow {
    pub(super) fn push(&mut self, plan: &Plan, entry: Entry, values: &[u64]) -> bool {
        let Shape::ValueCount { threshold, .. } = plan.shape else {
            return false;
        };
        for value in values {
            let known = self.latest.iter().position(|(seen, _)| seen == value);
            match known.and_then(|at| self.latest.get(at).map(|(_, e)| (at, *e))) {
                Some((_, newer)) if newer.order() > entry.order() => continue,
                Some((at, _)) => {
                    self.latest.remove(at);
                }
                None => {}
            }
            let place = self
                .latest
                .iter()
                .rposition(|(_, e)| e.order() <= entry.order());
            self.latest
                .insert(place.map_or(0, |at| at + 1), (*value, entry));
        }
        let newest = self.latest.last().map_or(i64::MIN, |(_, e)| e.time);
        let oldest = newest.saturating_sub(plan.window);
        let gone = self
            .latest
            .iter()
            .take_while(|(_, e)| e.time <= oldest)
            .count();
        let surplus = self.latest.len().saturating_sub(threshold);
        self.latest.drain(..gone.max(surplus));
        self.latest.len() >= threshold
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.latest.iter().map(|(_, entry)| *entry)
    }
}
