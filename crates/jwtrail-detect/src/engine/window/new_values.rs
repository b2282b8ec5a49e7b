use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::count::{drop_older, insert};
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// Counts the events that showed a value this key had not shown for a long time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NewValues {
    /// When each value was last seen, oldest first.
    seen: VecDeque<(u64, i64)>,
    /// One entry for each new value.
    new: VecDeque<Entry>,
}

impl NewValues {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::NewValueCount {
            of,
            need,
            threshold,
            memory,
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        if !item.facts.leaves.meets(of) {
            return Verdict::Ignored;
        }
        let entry = item.entry;
        for value in item.facts.values(need) {
            let known = self.seen.iter().position(|(seen, _)| seen == value);
            let before = known.and_then(|at| self.seen.remove(at));
            let last = before.map_or(i64::MIN, |(_, last)| last);
            if last <= entry.time.saturating_sub(memory) {
                insert(&mut self.new, entry);
            }
            self.seen.push_back((*value, last.max(entry.time)));
        }
        while self.seen.len() > plan.max_entries {
            self.seen.pop_front();
        }
        drop_older(&mut self.new, step.window);
        while self.new.len() > threshold {
            self.new.pop_front();
        }
        let newest_left = self.new.front().map(|first| first.time);
        Verdict::met(
            self.new.len() >= threshold
                && newest_left.is_some_and(|time| time > entry.time.saturating_sub(step.window)),
        )
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.new.iter().copied()
    }

    pub(super) fn restart(&mut self) {
        self.new.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.new.len() + self.seen.len()
    }
}
