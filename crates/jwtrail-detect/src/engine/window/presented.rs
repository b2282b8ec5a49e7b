use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::distinct::DistinctWindow;
use super::interleaved::MAX_TRACES;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// Distinct values of presentations: the events of one trace are one, the first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PresentedWindow {
    traces: VecDeque<u64>,
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
        if !item.facts.leaves.meets(of) || self.traces.contains(&source.trace) {
            return Verdict::Ignored;
        }
        self.traces.push_back(source.trace);
        while self.traces.len() > MAX_TRACES {
            self.traces.pop_front();
        }
        self.distinct
            .push(plan, step, bound, item.entry, &[source.place])
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.distinct.entries()
    }

    pub(super) fn len(&self) -> usize {
        self.distinct.len()
    }
}
