use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// One value that the key had not shown for a long time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NewValueWindow {
    /// When each value was last seen, oldest first.
    seen: Vec<(u64, i64)>,
    /// When the first event was that the rule counts from.
    since: Option<i64>,
    met: Option<Box<Entry>>,
}

impl NewValueWindow {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::NewValue {
            learn,
            fire,
            need,
            memory,
            first,
            since,
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        let (facts, time) = (&item.facts, item.entry.time);
        if let Some((leaves, _)) = since
            && facts.leaves.meets(leaves)
        {
            self.since = Some(self.since.map_or(time, |earliest| earliest.min(time)));
        }
        let old_enough = since.is_none_or(|(_, at_least)| {
            let begun = self.since;
            begun.is_some_and(|begun| begun <= time.saturating_sub(at_least))
        });
        let fires = facts.leaves.meets(fire);
        if !fires && !facts.leaves.meets(learn) {
            return Verdict::Ignored;
        }
        // A key that has shown nothing for so long is as good as unknown.
        let oldest = time.saturating_sub(memory);
        self.seen.retain(|(_, last)| *last > oldest);
        let known_key = first || !self.seen.is_empty();
        let mut new = false;
        for value in facts.values(need) {
            let known = self.seen.iter().position(|(seen, _)| seen == value);
            let last = known.map_or(i64::MIN, |at| self.seen.remove(at).1);
            new |= last == i64::MIN;
            // What must not be learnt from is news again.
            if facts.leaves.meets(learn) || last != i64::MIN {
                if self.seen.is_empty() {
                    // Most keys show one value.
                    self.seen.reserve_exact(1);
                }
                self.seen.push((*value, last.max(time)));
            }
        }
        if self.seen.len() > plan.max_entries {
            self.seen.drain(..self.seen.len() - plan.max_entries);
        }
        if fires && new && known_key && old_enough {
            self.met = Some(Box::new(item.entry));
            return Verdict::Met;
        }
        Verdict::Ignored
    }

    /// Whether any of the items could show a value that is news.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let Shape::NewValue {
            fire,
            need,
            memory,
            first,
            ..
        } = step.shape
        else {
            return true;
        };
        let fires = |item: &Item| item.facts.leaves.meets(fire);
        let shown = || {
            let of_each = items.iter();
            of_each.flat_map(move |item| item.facts.values(need).iter().map(move |v| (*v, item)))
        };
        if self.seen.is_empty() && !first {
            // The very first value is no news, but another one after it is.
            let mut values = shown().map(|(value, _)| value);
            let one = values.next();
            return items.iter().any(fires) && values.any(|value| Some(value) != one);
        }
        shown().any(|(value, item)| {
            let oldest = item.entry.time.saturating_sub(memory);
            let known = |(seen, last): &(u64, i64)| *seen == value && *last > oldest;
            fires(item) && !self.seen.iter().any(known)
        })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.met.iter().map(|entry| **entry)
    }

    pub(super) const fn len(&self) -> usize {
        self.seen.len()
    }
}
