use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Shape, Step};

/// Waits for what is expected again and again, from the first time it was there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct AbsenceWindow {
    last: Option<Entry>,
}

impl AbsenceWindow {
    pub(super) fn push(&mut self, step: &Step, item: &Item) -> Verdict {
        let Shape::Absence { expect, until, .. } = step.shape else {
            return Verdict::Ignored;
        };
        if item.facts.leaves.meets(until) {
            self.last = None;
        } else if item.facts.leaves.meets(expect)
            && self
                .last
                .is_none_or(|last| last.order() < item.entry.order())
        {
            self.last = Some(item.entry);
        }
        Verdict::Ignored
    }

    pub(super) fn deadline(&self, step: &Step) -> Option<(i64, Entry)> {
        let Shape::Absence { within, .. } = step.shape else {
            return None;
        };
        let last = self.last?;
        Some((last.time.saturating_add(within), last))
    }

    pub(super) const fn expire(&mut self) {
        self.last = None;
    }
}
