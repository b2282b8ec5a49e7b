mod absence;
mod baseline;
mod company;
mod count;
mod distinct;
mod gap;
mod interleaved;
mod new_value;
mod new_values;
mod parts;
mod presented;
mod ratio;
mod statistic;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use absence::AbsenceWindow;
use baseline::BaselineWindow;
use count::CountWindow;
use distinct::DistinctWindow;
use gap::GapWindow;
use interleaved::InterleavedWindow;
use new_value::NewValueWindow;
use new_values::NewValues;
use parts::PartsWindow;
use presented::PresentedWindow;
use ratio::RatioWindow;
use statistic::StatisticWindow;

use super::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Step};

/// The sliding window (t - T, t] of one key: only as much of it as decides the rule exactly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Window {
    Count(CountWindow),
    Distinct(Box<DistinctWindow>),
    Presented(Box<PresentedWindow>),
    Statistic(Box<StatisticWindow>),
    NewValues(Box<NewValues>),
    NewValue(Box<NewValueWindow>),
    Interleaved(Box<InterleavedWindow>),
    Ratio(Box<RatioWindow>),
    Baseline(Box<BaselineWindow>),
    Gap(Box<GapWindow>),
    Absence(Box<AbsenceWindow>),
    Parts(Box<PartsWindow>),
}

/// What an item did to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It was learnt from at most: it belongs to no burst and no alert.
    Ignored,
    /// It counts.
    Counted,
    /// It counts, and with it what the rule asks for is there.
    Met,
}

impl Verdict {
    const fn met(met: bool) -> Self {
        if met { Self::Met } else { Self::Counted }
    }
}

impl Window {
    pub(super) fn new(step: &Step) -> Self {
        match &step.shape {
            Shape::EventCount { .. } => Self::Count(CountWindow::default()),
            Shape::ValueCount {
                presentations: true,
                ..
            } => Self::Presented(Box::default()),
            Shape::ValueCount { .. } => Self::Distinct(Box::default()),
            Shape::Statistic { .. } => Self::Statistic(Box::default()),
            Shape::NewValueCount { .. } => Self::NewValues(Box::default()),
            Shape::NewValue { .. } => Self::NewValue(Box::default()),
            Shape::Interleaved { .. } => Self::Interleaved(Box::default()),
            Shape::Ratio { .. } => Self::Ratio(Box::default()),
            Shape::Baseline(_) => Self::Baseline(Box::default()),
            Shape::Gap { .. } => Self::Gap(Box::default()),
            Shape::Absence { .. } => Self::Absence(Box::default()),
            Shape::Any(parts) | Shape::All(parts) | Shape::Ordered(parts) => {
                Self::Parts(Box::new(PartsWindow::new(parts)))
            }
        }
    }

    /// Whether it is a window of this step, and within its budget.
    pub(super) fn is_sound(&self, plan: &Plan, step: &Step) -> bool {
        let kind = match (self, &step.shape) {
            (Self::Count(_), Shape::EventCount { .. })
            | (Self::Distinct(_) | Self::Presented(_), Shape::ValueCount { .. })
            | (Self::Statistic(_), Shape::Statistic { .. })
            | (Self::NewValues(_), Shape::NewValueCount { .. })
            | (Self::NewValue(_), Shape::NewValue { .. })
            | (Self::Interleaved(_), Shape::Interleaved { .. })
            | (Self::Ratio(_), Shape::Ratio { .. })
            | (Self::Gap(_), Shape::Gap { .. })
            | (Self::Absence(_), Shape::Absence { .. }) => true,
            (Self::Baseline(window), Shape::Baseline(_)) => window.is_sound(),
            (Self::Parts(window), Shape::Any(p) | Shape::All(p) | Shape::Ordered(p)) => {
                window.is_sound(plan, p)
            }
            _ => false,
        };
        kind && self.len() <= plan.max_entries.saturating_mul(2).saturating_add(MARGIN)
    }

    /// Takes in an item that is not older than the others, or a late one.
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        match (self, &step.shape) {
            (Self::Count(window), Shape::EventCount { of, bound }) => {
                if !item.facts.leaves.meets(*of) {
                    return Verdict::Ignored;
                }
                window.push(plan, step, bound, item.entry)
            }
            (
                Self::Distinct(window),
                Shape::ValueCount {
                    of, need, bound, ..
                },
            ) => {
                if !item.facts.leaves.meets(*of) {
                    return Verdict::Ignored;
                }
                window.push(plan, step, bound, item.entry, item.facts.values(*need))
            }
            (Self::Presented(window), _) => window.push(plan, step, item),
            (Self::Statistic(window), _) => window.push(plan, step, item),
            (Self::NewValues(window), _) => window.push(plan, step, item),
            (Self::NewValue(window), _) => window.push(plan, step, item),
            (Self::Interleaved(window), _) => window.push(plan, step, item),
            (Self::Ratio(window), _) => window.push(plan, step, item),
            (Self::Baseline(window), Shape::Baseline(rule)) => window.push(plan, step, rule, item),
            (Self::Gap(window), _) => window.push(step, item),
            (Self::Absence(window), _) => window.push(step, item),
            (Self::Parts(window), _) => window.push(plan, step, item),
            _ => Verdict::Ignored,
        }
    }

    /// Has the machine fetch what [`Window::push`] will look at.
    #[inline]
    pub(super) fn fetch(&self, step: &Step, item: &Item) {
        if let (Self::Distinct(window), Shape::ValueCount { need, .. }) = (self, &step.shape) {
            window.fetch(item.facts.values(*need));
        }
    }

    /// Whether the rule could be met with these items, in whatever order. Never wrongly no.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        match (self, &step.shape) {
            (Self::Count(window), Shape::EventCount { of, bound }) => {
                let counted = |item: &&Item| item.facts.leaves.meets(*of);
                bound.may_hold(window.len() + items.iter().filter(counted).count())
            }
            (Self::Distinct(window), _) => window.may_meet(step, items),
            (Self::Presented(window), _) => window.may_meet(step, items),
            (
                Self::NewValues(window),
                Shape::NewValueCount {
                    need, threshold, ..
                },
            ) => {
                let values = items.iter().map(|item| item.facts.values(*need).len());
                window.entries().count() + values.sum::<usize>() >= *threshold
            }
            (Self::NewValue(window), _) => window.may_meet(step, items),
            (Self::Interleaved(window), _) => window.may_meet(step, items),
            (Self::Ratio(window), _) => window.may_meet(step, items),
            (Self::Parts(window), _) => window.may_meet(step, items),
            (Self::Baseline(window), Shape::Baseline(rule)) => window.may_meet(rule, items.len()),
            _ => true,
        }
    }

    /// Until when it waits for something, and the last event before the wait.
    pub(super) fn deadline<'s>(&'s self, step: &'s Step) -> Option<(i64, &'s Entry)> {
        match self {
            Self::Gap(window) => window.deadline(),
            Self::Absence(window) => window.deadline(step),
            Self::Parts(window) => window.deadline(step),
            _ => None,
        }
    }

    /// Whether all that it waits for has more than this time to come, as far as that is known.
    #[inline]
    pub(super) fn waits_beyond(&self, time: i64) -> bool {
        matches!(self, Self::Parts(window) if window.waits_beyond(time))
    }

    /// The end of its wait, if it is at this time or before, and the last event before the wait.
    pub(super) fn overdue(&mut self, step: &Step, time: i64) -> Option<(i64, Entry)> {
        if let Self::Parts(window) = self {
            return window.overdue(step, time);
        }
        let (due, last) = self.deadline(step)?;
        (due <= time).then_some((due, *last))
    }

    /// The wait is over; nothing came.
    pub(super) fn expire(&mut self, step: &Step) {
        match self {
            Self::Gap(window) => window.expire(),
            Self::Absence(window) => window.expire(),
            Self::Parts(window) => window.expire(step),
            _ => {}
        }
    }

    /// Whether an open alert becomes worse with the item just pushed.
    pub(super) fn escalates(&self, plan: &Plan, item: &Item) -> bool {
        let Some(escalation) = &plan.escalation else {
            return false;
        };
        let many = match (self, escalation.threshold) {
            (Self::Count(window), Some(threshold)) => window.len() >= threshold,
            _ => false,
        };
        let part = match (self, escalation.part) {
            (Self::Parts(window), Some(part)) => window.was_met(part),
            _ => false,
        };
        part || (item.facts.known_subject && escalation.known_subject)
            || item.facts.leaves.meets(escalation.when)
            || many
    }

    /// The entries that the threshold was met with, in final order.
    pub(super) fn evidence(&self) -> Vec<Entry> {
        let mut entries = self.met_with();
        entries.sort_by(Entry::compare);
        entries.dedup_by_key(|entry| entry.event_id());
        entries
    }

    fn met_with(&self) -> Vec<Entry> {
        match self {
            Self::Count(window) => window.entries().collect(),
            Self::Distinct(window) => window.entries().collect(),
            Self::Presented(window) => window.entries().collect(),
            Self::Statistic(window) => window.entries().collect(),
            Self::NewValues(window) => window.entries().collect(),
            Self::NewValue(window) => window.entries().collect(),
            Self::Interleaved(window) => window.evidence(),
            Self::Ratio(window) => window.entries().collect(),
            Self::Baseline(window) => window.entries().collect(),
            Self::Gap(window) => window.entries().collect(),
            Self::Absence(window) => window.entries().collect(),
            Self::Parts(window) => window.met_with(),
        }
    }

    /// Forgets the window after a quiet time: only where each event that it took in was part of
    /// the burst, so that nothing in it can matter any more.
    pub(super) fn restart(&mut self, plan: &Plan) {
        match self {
            Self::Count(window) if plan.counts_all => *window = CountWindow::default(),
            Self::Distinct(window) if plan.counts_all => **window = DistinctWindow::default(),
            Self::NewValues(window) => window.restart(),
            Self::Interleaved(window) => window.restart(),
            _ => {}
        }
    }

    /// How many entries are held.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Count(window) => window.len(),
            Self::Distinct(window) => window.len(),
            Self::Presented(window) => window.len(),
            Self::Statistic(window) => window.len(),
            Self::NewValues(window) => window.len(),
            Self::NewValue(window) => window.len(),
            Self::Interleaved(window) => window.len(),
            Self::Ratio(window) => window.len(),
            Self::Baseline(window) => window.len(),
            Self::Gap(window) => window.len(),
            Self::Absence(window) => window.len(),
            Self::Parts(window) => window.len(),
        }
    }
}

/// What a window holds beside its entries.
const MARGIN: usize = 256;
