use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::company::{Company, Presented};
use super::distinct::DistinctWindow;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// Distinct values of presentations: the events of one trace are one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PresentedWindow {
    company: Company,
    distinct: DistinctWindow,
}

impl PresentedWindow {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::ValueCount {
            of,
            need,
            ref bound,
            ..
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        let Some(source) = item.facts.source(need) else {
            return Verdict::Ignored;
        };
        if !item.facts.leaves.meets(of) {
            return Verdict::Ignored;
        }
        match self.company.present(source) {
            Presented::New => {}
            Presented::Known => return Verdict::Ignored,
            Presented::Joins(other) => {
                self.distinct.forget(u64::from(other));
                return Verdict::Ignored;
            }
        }
        let speaker = u64::from(self.company.of(source));
        self.distinct
            .push(plan, step, bound, item.entry, &[speaker])
    }

    /// Whether there could be enough, if no two that differ now turn out to be one.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let Shape::ValueCount {
            need, ref bound, ..
        } = step.shape
        else {
            return true;
        };
        if self.company.may_forget(items.len()) {
            return true;
        }
        let sources = items.iter().filter_map(|item| item.facts.source(need));
        let speakers = sources.map(|source| u64::from(self.company.of(source)));
        self.distinct.may_hold(bound, speakers)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.distinct.entries()
    }

    pub(super) fn len(&self) -> usize {
        self.distinct.len()
    }
}
