mod count;
mod distinct;
mod interleaved;
mod new_values;

use serde::{Deserialize, Serialize};

use count::CountWindow;
use distinct::DistinctWindow;
use interleaved::InterleavedWindow;
use new_values::NewValues;

use super::entry::{Entry, Facts, Item};
use crate::rule::{Plan, Shape};

/// The sliding window (t - T, t] of one key: only as much of it as decides the rule exactly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Window {
    Count(CountWindow),
    Distinct(DistinctWindow),
    NewValues(NewValues),
    Interleaved(Box<InterleavedWindow>),
}

impl Window {
    pub(super) fn new(plan: &Plan) -> Self {
        match plan.shape {
            Shape::EventCount { .. } => Self::Count(CountWindow::default()),
            Shape::ValueCount { .. } => Self::Distinct(DistinctWindow::default()),
            Shape::NewValueCount { .. } => Self::NewValues(NewValues::default()),
            Shape::Interleaved => Self::Interleaved(Box::default()),
        }
    }

    /// Whether it is a window of this rule, and within its budget.
    pub(super) fn is_sound(&self, plan: &Plan) -> bool {
        let kind = matches!(
            (self, &plan.shape),
            (Self::Count(_), Shape::EventCount { .. })
                | (Self::Distinct(_), Shape::ValueCount { .. })
                | (Self::NewValues(_), Shape::NewValueCount { .. })
                | (Self::Interleaved(_), Shape::Interleaved)
        );
        kind && self.len() <= plan.max_entries.saturating_mul(2)
    }

    /// Whether the item counts at all.
    pub(super) fn admits(&self, item: &Item) -> bool {
        match (self, &item.facts) {
            (Self::Interleaved(window), Facts::Source(source)) => window.admits(source),
            _ => true,
        }
    }

    /// Takes in an item that is not older than the others, or a late one. True if the rule's
    /// threshold is now met.
    pub(super) fn push(&mut self, plan: &Plan, item: &Item) -> bool {
        match (self, &item.facts) {
            (Self::Count(window), _) => window.push(plan, item.entry),
            (Self::Distinct(window), Facts::Values(values)) => {
                window.push(plan, item.entry, values)
            }
            (Self::NewValues(window), Facts::Values(values)) => {
                window.push(plan, item.entry, values)
            }
            (Self::Interleaved(window), Facts::Source(source)) => {
                window.push(plan, item.entry, source)
            }
            _ => false,
        }
    }

    /// Whether an open alert becomes worse with the item just pushed.
    pub(super) fn escalates(&self, plan: &Plan, item: &Item) -> bool {
        let Some(escalation) = &plan.escalation else {
            return false;
        };
        let known = matches!(item.facts, Facts::Event { known_subject } if known_subject);
        let many = match self {
            Self::Count(window) => window.len() >= escalation.threshold,
            _ => false,
        };
        (known && escalation.known_subject) || many
    }

    /// The entries that the threshold was met with, in final order.
    pub(super) fn evidence(&self) -> Vec<Entry> {
        let mut entries = match self {
            Self::Count(window) => window.entries().collect(),
            Self::Distinct(window) => window.entries().collect(),
            Self::NewValues(window) => window.entries().collect(),
            Self::Interleaved(window) => window.evidence(),
        };
        entries.sort_by(Entry::compare);
        entries.dedup_by_key(|entry| entry.event_id);
        entries
    }

    /// Forgets the window after a quiet time, but not what has a longer memory.
    pub(super) fn restart(&mut self) {
        match self {
            Self::Count(window) => *window = CountWindow::default(),
            Self::Distinct(window) => *window = DistinctWindow::default(),
            Self::NewValues(window) => window.restart(),
            Self::Interleaved(window) => **window = InterleavedWindow::default(),
        }
    }

    /// How many entries are held.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Count(window) => window.len(),
            Self::Distinct(window) => window.entries().count(),
            Self::NewValues(window) => window.len(),
            Self::Interleaved(window) => window.len(),
        }
    }
}
