use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::engine::entry::Entry;
use crate::rule::{Plan, Shape};

/// "At least N in T" is decided by the N latest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CountWindow(VecDeque<Entry>);

impl CountWindow {
    pub(super) fn push(&mut self, plan: &Plan, entry: Entry) -> bool {
        let Shape::EventCount { threshold } = plan.shape else {
            return false;
        };
        insert(&mut self.0, entry);
        drop_older(&mut self.0, plan.window);
        let more = plan.escalation.as_ref().map_or(0, |e| e.threshold);
        while self.0.len() > threshold.max(more) {
            self.0.pop_front();
        }
        self.0.len() >= threshold
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
    entries.insert(at, entry);
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
