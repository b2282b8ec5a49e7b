use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::Entry;
use crate::rule::{Bound, Plan, Step};

/// "At least N distinct in T" is decided by the N values seen most recently: any older value
/// has N newer ones before it leaves the window. Any other bound needs all, within the budget.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct DistinctWindow {
    /// Each value with its latest entry, in final order.
    latest: Vec<(u64, Entry)>,
}

impl DistinctWindow {
    pub(super) fn push(
        &mut self,
        plan: &Plan,
        step: &Step,
        bound: &Bound,
        entry: Entry,
        values: &[u64],
    ) -> Verdict {
        let kept = bound.kept(plan.max_entries);
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
        let oldest = newest.saturating_sub(step.window);
        let gone = self
            .latest
            .iter()
            .take_while(|(_, e)| e.time <= oldest)
            .count();
        let surplus = self.latest.len().saturating_sub(kept);
        self.latest.drain(..gone.max(surplus));
        match (bound, bound.holds_count(self.latest.len())) {
            (Bound::AtLeast(_), met) => Verdict::met(met),
            (_, true) => Verdict::Met,
            (_, false) => Verdict::Ignored,
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.latest.iter().map(|(_, entry)| *entry)
    }
}
