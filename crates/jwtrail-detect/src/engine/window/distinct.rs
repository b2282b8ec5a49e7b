mod many;

use std::collections::VecDeque;

use many::Many;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Verdict;
use super::count::put;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Bound, Plan, Shape, Step};

/// "At least N distinct in T" is decided by the N values seen most recently: any older value
/// has N newer ones before it leaves the window. Any other bound needs all, within the budget.
#[derive(Clone, Debug)]
pub(crate) enum DistinctWindow {
    /// Each value with its latest entry, in final order.
    Few(VecDeque<(u64, Entry)>),
    Many(Box<Many>),
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
        for value in values {
            self.see(*value, entry);
        }
        let newest = self.last().map_or(i64::MIN, |entry| entry.time);
        let oldest = newest.saturating_sub(step.window);
        let kept = bound.kept(plan.max_entries);
        while let Some(first) = self.first()
            && (first.time <= oldest || self.len() > kept)
        {
            self.forget_first();
        }
        match (bound, bound.holds_count(self.len())) {
            (Bound::AtLeast(_), met) => Verdict::met(met),
            (_, true) => Verdict::Met,
            (_, false) => Verdict::Ignored,
        }
    }

    /// Has the machine fetch what is known of the values of an item that is about to come.
    pub(super) fn fetch(&self, values: &[u64]) {
        if let Self::Many(many) = self {
            values.iter().for_each(|value| many.fetch(*value));
        }
    }

    /// Whether there could be enough values, with those of these items.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let Shape::ValueCount {
            need, ref bound, ..
        } = step.shape
        else {
            return true;
        };
        let of_items = items.iter().flat_map(|item| item.facts.values(need));
        self.may_hold(bound, of_items.copied())
    }

    /// Whether there could be enough values, with these.
    pub(super) fn may_hold(
        &self,
        bound: &Bound,
        values: impl Iterator<Item = u64> + Clone,
    ) -> bool {
        // Told apart only where it matters.
        bound.may_hold(self.len() + values.clone().count())
            && bound.may_hold(self.len() + self.count_new(values))
    }

    /// How many of the values are new.
    fn count_new(&self, values: impl Iterator<Item = u64> + Clone) -> usize {
        let new = |(at, value): &(usize, u64)| {
            !self.knows(*value) && !values.clone().take(*at).any(|earlier| earlier == *value)
        };
        values.clone().enumerate().filter(new).count()
    }

    /// The value is another one's after all.
    pub(super) fn forget(&mut self, value: u64) {
        match self {
            Self::Few(few) => few.retain(|(seen, _)| *seen != value),
            Self::Many(many) => many.forget(value),
        }
    }

    /// Notes the entry as its value's latest, unless a later one is known.
    fn see(&mut self, value: u64, entry: Entry) {
        let few = match self {
            Self::Few(few) => few,
            Self::Many(many) => return many.see(value, entry),
        };
        if let Some(at) = few.iter().position(|(seen, _)| *seen == value) {
            let known = few.get(at);
            if known.is_some_and(|(_, known)| known.order() > entry.order()) {
                return;
            }
            few.remove(at);
        }
        let after = |(_, e): &&(u64, Entry)| e.order() > entry.order();
        let at = few.len() - few.iter().rev().take_while(after).count();
        put(few, at, (value, entry));
        if few.len() > FEW {
            *self = Self::Many(Box::new(Many::of(few.drain(..))));
        }
    }

    fn forget_first(&mut self) {
        match self {
            Self::Few(few) => drop(few.pop_front()),
            Self::Many(many) => many.forget_first(),
        }
    }

    fn first(&self) -> Option<&Entry> {
        match self {
            Self::Few(few) => few.front().map(|(_, entry)| entry),
            Self::Many(many) => many.first(),
        }
    }

    fn last(&self) -> Option<&Entry> {
        match self {
            Self::Few(few) => few.back().map(|(_, entry)| entry),
            Self::Many(many) => many.last(),
        }
    }

    fn knows(&self, value: u64) -> bool {
        match self {
            Self::Few(few) => few.iter().any(|(seen, _)| *seen == value),
            Self::Many(many) => many.knows(value),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.seen().map(|(_, entry)| entry)
    }

    /// Each value with its latest entry, in final order.
    fn seen(&self) -> impl Iterator<Item = (u64, Entry)> {
        let (few, many) = match self {
            Self::Few(few) => (Some(few), None),
            Self::Many(many) => (None, Some(many)),
        };
        let few = few.into_iter().flatten().copied();
        few.chain(many.into_iter().flat_map(|many| many.iter()))
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }
}

impl Default for DistinctWindow {
    fn default() -> Self {
        Self::Few(VecDeque::new())
    }
}

impl Serialize for DistinctWindow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen: Vec<(u64, Entry)> = self.seen().collect();
        seen.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DistinctWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let few = VecDeque::deserialize(deserializer)?;
        Ok(if few.len() > FEW {
            Self::Many(Box::new(Many::of(few)))
        } else {
            Self::Few(few)
        })
    }
}

/// So many values are searched one by one.
const FEW: usize = 24;
