use std::collections::hash_map::Entry as MapEntry;
use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Verdict;
use super::count::room_for_one;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Bound, Plan, Shape, Step};

/// "At least N distinct in T" is decided by the N values seen most recently: any older value
/// has N newer ones before it leaves the window. Any other bound needs all, within the budget.
#[derive(Clone, Debug, Default)]
pub(crate) struct DistinctWindow {
    /// Each value with its latest entry, in final order. Where there is an index, earlier
    /// entries of a value may still lie between.
    latest: VecDeque<(u64, Entry)>,
    /// Which entry is a value's latest, once there are many: an event must not cost more for
    /// that.
    #[expect(clippy::box_collection, reason = "few windows have one")]
    index: Option<Box<HashMap<u64, Mark>>>,
}

/// Enough of an entry to know it by. There are many of them, far apart in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    time: i64,
    id: u64,
}

impl Mark {
    fn of(entry: &Entry) -> Self {
        Self {
            time: entry.time,
            id: entry.short_id(),
        }
    }
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
        let newest = self.latest.back().map_or(i64::MIN, |(_, e)| e.time);
        let oldest = newest.saturating_sub(step.window);
        let kept = bound.kept(plan.max_entries);
        while let Some((_, first)) = self.latest.front()
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
        let known = |value: u64| self.latest.iter().any(|(seen, _)| *seen == value);
        let new = |(at, value): &(usize, u64)| {
            !known(*value) && !values.clone().take(*at).any(|earlier| earlier == *value)
        };
        values.clone().enumerate().filter(new).count()
    }

    /// The value is another one's after all.
    pub(super) fn forget(&mut self, value: u64) {
        match &mut self.index {
            Some(index) => {
                index.remove(&value);
            }
            None => self.latest.retain(|(seen, _)| *seen != value),
        }
    }

    /// Notes the entry as its value's latest, unless a later one is known.
    fn see(&mut self, value: u64, entry: Entry) {
        if let Some(index) = &mut self.index {
            let mark = Mark::of(&entry);
            let known = index.entry(value).or_insert(mark);
            if known.time > mark.time
                || (known.time == mark.time && is_before(&entry, value, &self.latest))
            {
                return;
            }
            *known = mark;
        } else if let Some(at) = self.latest.iter().position(|(seen, _)| *seen == value) {
            if self
                .latest
                .get(at)
                .is_some_and(|(_, e)| e.order() > entry.order())
            {
                return;
            }
            self.latest.remove(at);
        }
        let after = |(_, e): &&(u64, Entry)| e.order() > entry.order();
        let behind = self.latest.iter().rev().take_while(after).count();
        room_for_one(&mut self.latest);
        self.latest
            .insert(self.latest.len() - behind, (value, entry));
        if self.index.is_none() && self.latest.len() > FEW {
            let mark = |(value, entry): &(u64, Entry)| (*value, Mark::of(entry));
            self.index = Some(Box::new(self.latest.iter().map(mark).collect()));
        } else if self.latest.len() > SWEPT_AT * self.len() + FEW {
            let index = self.index.take();
            self.latest.retain(|one| is_latest(index.as_deref(), one));
            self.index = index;
        }
    }

    fn forget_first(&mut self) {
        if let Some((value, entry)) = self.latest.pop_front()
            && let Some(index) = &mut self.index
            && let MapEntry::Occupied(known) = index.entry(value)
            && *known.get() == Mark::of(&entry)
        {
            known.remove();
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.seen().map(|(_, entry)| *entry)
    }

    fn seen(&self) -> impl Iterator<Item = &(u64, Entry)> {
        let index = self.index.as_deref();
        self.latest.iter().filter(move |one| is_latest(index, one))
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        let index = self.index.as_deref();
        index.map_or(self.latest.len(), HashMap::len)
    }
}

fn is_latest(index: Option<&HashMap<u64, Mark>>, (value, entry): &(u64, Entry)) -> bool {
    index.is_none_or(|index| index.get(value) == Some(&Mark::of(entry)))
}

/// Whether a value has an entry of the same moment that comes after this one.
fn is_before(entry: &Entry, value: u64, latest: &VecDeque<(u64, Entry)>) -> bool {
    let after = |(_, e): &&(u64, Entry)| e.order() > entry.order();
    let mut after = latest.iter().rev().take_while(after);
    after.any(|(other, e)| *other == value && e.time == entry.time)
}

impl Serialize for DistinctWindow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen: Vec<&(u64, Entry)> = self.seen().collect();
        seen.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DistinctWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let latest = VecDeque::deserialize(deserializer)?;
        Ok(Self {
            latest,
            index: None,
        })
    }
}

/// How many entries for each value there may be before the earlier ones are swept out.
const SWEPT_AT: usize = 4;
/// So many values are searched one by one.
const FEW: usize = 24;
