use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::count::put;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// A part of a whole. Exact while the window has no more moments than the budget has entries;
/// beyond it the oldest moments are taken together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RatioWindow {
    /// How many there were of the whole at a moment, in order.
    whole: VecDeque<(i64, u32)>,
    whole_count: u64,
    /// The part, with the hashes of its values, in final order.
    part: VecDeque<(Entry, u64)>,
    /// How often each value is in the part.
    values: BTreeMap<u64, u32>,
}

impl RatioWindow {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::Ratio {
            part,
            whole,
            threshold,
            percent,
            distinct,
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        let leaves = item.facts.leaves;
        if leaves.meets(whole) || leaves.meets(part) {
            self.count(item.entry.time, plan.max_entries);
        }
        if leaves.meets(part) {
            let values = distinct.map_or(&[][..], |(need, _)| item.facts.values(need));
            self.add(item.entry, values.first().copied().unwrap_or(0));
        }
        self.slide(
            item.entry.time.saturating_sub(step.window),
            plan.max_entries,
        );
        if !leaves.meets(part) {
            return Verdict::Ignored;
        }
        let of_part = self.part.len() as u64;
        let large = of_part.saturating_mul(100) >= self.whole_count.saturating_mul(percent);
        let many = distinct.is_none_or(|(_, least)| self.values.len() >= least);
        if self.part.len() >= threshold && large && many {
            Verdict::Met
        } else {
            Verdict::Ignored
        }
    }

    /// Whether the part could be large enough.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let Shape::Ratio {
            part, threshold, ..
        } = step.shape
        else {
            return true;
        };
        let of_part = |item: &&Item| item.facts.leaves.meets(part);
        self.part.len() + items.iter().filter(of_part).count() >= threshold
    }

    fn count(&mut self, time: i64, most: usize) {
        self.whole_count = self.whole_count.saturating_add(1);
        let later = |(moment, _): &&(i64, u32)| *moment > time;
        let at = self.whole.len() - self.whole.iter().rev().take_while(later).count();
        match self.whole.get_mut(at.wrapping_sub(1)) {
            Some((moment, count)) if *moment == time => *count = count.saturating_add(1),
            _ => put(&mut self.whole, at, (time, 1)),
        }
        while self.whole.len() > most.max(2) {
            let Some((_, oldest)) = self.whole.pop_front() else {
                break;
            };
            if let Some((_, next)) = self.whole.front_mut() {
                *next = next.saturating_add(oldest);
            }
        }
    }

    fn add(&mut self, entry: Entry, value: u64) {
        let later = |(other, _): &&(Entry, u64)| other.order() > entry.order();
        let at = self.part.len() - self.part.iter().rev().take_while(later).count();
        put(&mut self.part, at, (entry, value));
        let count = self.values.entry(value).or_default();
        *count = count.saturating_add(1);
    }

    fn slide(&mut self, oldest: i64, most: usize) {
        while let Some((_, count)) = self.whole.pop_front_if(|(moment, _)| *moment <= oldest) {
            self.whole_count = self.whole_count.saturating_sub(u64::from(count));
        }
        let mut room = self.part.len().saturating_sub(most);
        while let Some((entry, _)) = self.part.front()
            && (entry.time <= oldest || room > 0)
        {
            if entry.time > oldest {
                // Beyond the budget the part is not known whole: neither is the whole then.
                self.whole_count = self.whole_count.saturating_sub(1);
            }
            room = room.saturating_sub(1);
            if let Some((_, value)) = self.part.pop_front() {
                self.forget(value);
            }
        }
    }

    fn forget(&mut self, value: u64) {
        if let Some(count) = self.values.get_mut(&value) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.values.remove(&value);
            }
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.part.iter().map(|(entry, _)| *entry)
    }

    pub(super) fn len(&self) -> usize {
        self.part.len().max(self.whole.len())
    }
}
