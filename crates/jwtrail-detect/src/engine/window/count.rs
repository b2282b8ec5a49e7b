use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::Entry;
use crate::rule::{Bound, Plan, Step};

/// "At least N in T" is decided by the N latest. Any other bound needs all of them, within the
/// budget.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CountWindow(VecDeque<Entry>);

impl CountWindow {
    pub(super) fn push(
        &mut self,
        plan: &Plan,
        step: &Step,
        bound: &Bound,
        entry: Entry,
    ) -> Verdict {
        insert(&mut self.0, entry);
        drop_older(&mut self.0, step.window);
        let kept = bound.kept(plan.max_entries).max(plan.escalation_count());
        while self.0.len() > kept {
            self.0.pop_front();
        }
        match (bound, bound.holds_count(self.0.len())) {
            (Bound::AtLeast(_), met) => Verdict::met(met),
            (_, true) => Verdict::Met,
            (_, false) => Verdict::Ignored,
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.0.iter().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Puts an entry at its place in final order, which is nearly always the end.
pub(super) fn insert(entries: &mut VecDeque<Entry>, entry: Entry) {
    let mut at = entries.len();
    while at > 0
        && entries
            .get(at - 1)
            .is_some_and(|e| e.order() > entry.order())
    {
        at -= 1;
    }
    put(entries, at, entry);
}

/// Puts one at its place, which is nearly always the end.
pub(super) fn put<T>(held: &mut VecDeque<T>, at: usize, one: T) {
    room_for_one(held);
    if at == held.len() {
        held.push_back(one);
    } else {
        held.insert(at, one);
    }
}

/// Most keys hold very few of anything: room for one, two, four and so on.
pub(super) fn room_for_one<T>(held: &mut VecDeque<T>) {
    if held.len() == held.capacity() {
        held.reserve_exact(held.len().max(1));
    }
}

/// Keeps (t - T, t], where t is the newest.
pub(super) fn drop_older(entries: &mut VecDeque<Entry>, window: i64) {
    let newest = entries.back().map_or(i64::MIN, |entry| entry.time);
    while entries
        .front()
        .is_some_and(|e| e.time <= newest.saturating_sub(window))
    {
        entries.pop_front();
    }
}
