use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::engine::packed;
use crate::rule::{Shape, Step};

/// Waits for what is expected again and again, from the first time it was there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct AbsenceWindow {
    /// One for each value that waits by itself, the one that was there last at the end.
    waits: Vec<Wait>,
    met: Option<Entry>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wait {
    #[serde(with = "packed::bits")]
    of: u64,
    last: Entry,
}

impl AbsenceWindow {
    pub(super) fn push(&mut self, step: &Step, item: &Item) -> Verdict {
        let Shape::Absence {
            expect,
            until,
            each,
            ..
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        let leaves = item.facts.leaves;
        let ends = leaves.meets(until);
        if !ends && !leaves.meets(expect) {
            return Verdict::Ignored;
        }
        let values = each.map_or(&[][..], |need| item.facts.values(need));
        let of = values.first().copied().unwrap_or(0);
        let known = self.waits.iter().position(|wait| wait.of == of);
        let known = known.map(|at| self.waits.remove(at));
        if ends {
            return Verdict::Ignored;
        }
        let last = known.map(|wait| wait.last);
        let last = last.filter(|last| last.order() >= item.entry.order());
        let last = last.unwrap_or(item.entry);
        self.waits.push(Wait { of, last });
        if self.waits.len() <= MAX_WAITS {
            return Verdict::Ignored;
        }
        // So many at once: the oldest has waited for long enough.
        self.met = self.first().copied();
        self.expire();
        Verdict::Met
    }

    fn first(&self) -> Option<&Entry> {
        let last = self.waits.iter().map(|wait| &wait.last);
        last.min_by(|one, other| one.compare(other))
    }

    pub(super) fn deadline(&self, step: &Step) -> Option<(i64, &Entry)> {
        let Shape::Absence { within, .. } = step.shape else {
            return None;
        };
        let first = self.first()?;
        Some((first.time.saturating_add(within), first))
    }

    pub(super) fn expire(&mut self) {
        if let Some(first) = self.first().copied() {
            self.waits
                .retain(|wait| wait.last.event_id() != first.event_id());
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.met.iter().copied()
    }

    pub(super) const fn len(&self) -> usize {
        self.waits.len()
    }
}

/// Processes that share a name, and those that were before them.
const MAX_WAITS: usize = 16;
