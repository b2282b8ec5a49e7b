use super::Bound;
use super::plan::{LeafSet, NeedId};

/// How events add up, and in which window (t - T, t].
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) shape: Shape,
    /// Milliseconds.
    pub(crate) window: i64,
}

/// How events add up.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// So many events.
    EventCount { of: LeafSet, bound: Bound },
    /// So many distinct values of a field.
    ValueCount {
        of: LeafSet,
        need: NeedId,
        bound: Bound,
        /// Whether events of one trace are one.
        presentations: bool,
    },
    /// A statistic of a field's numbers.
    Statistic {
        of: LeafSet,
        need: NeedId,
        statistic: Statistic,
        bound: Bound,
    },
    /// At least so many values that this key had not shown for `memory` milliseconds.
    NewValueCount {
        of: LeafSet,
        need: NeedId,
        threshold: usize,
        memory: i64,
    },
    /// One value that this key had not shown for `memory` milliseconds.
    NewValue {
        learn: LeafSet,
        fire: LeafSet,
        need: NeedId,
        memory: i64,
        /// Whether a key's very first value is news.
        first: bool,
        /// An event of these leaves has to be at least so many milliseconds old.
        since: Option<(LeafSet, i64)>,
    },
    /// One source, another that differs from it, the first again, and so on.
    Interleaved {
        of: LeafSet,
        need: NeedId,
        turns: usize,
    },
    /// A part that is large, and a large part of the whole.
    Ratio {
        part: LeafSet,
        whole: LeafSet,
        /// The part's least number.
        threshold: usize,
        percent: u64,
        /// The least number of distinct values among the part.
        distinct: Option<(NeedId, usize)>,
    },
    /// Far more than usual.
    Baseline(Box<BaselineRule>),
    /// A number is missing in a boot's sequence.
    Gap { of: LeafSet, need: NeedId },
    /// What was expected did not come.
    Absence {
        expect: LeafSet,
        until: LeafSet,
        within: i64,
        /// Each value of this waits by itself.
        each: Option<NeedId>,
    },
    /// One of these.
    Any(Vec<Step>),
    /// All of these within the window.
    All(Vec<Step>),
    /// All of these within the window, in this order.
    Ordered(Vec<Step>),
}

/// A statistic of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    Sum,
    Average,
    /// The number in the middle, or the mean of the two.
    Median,
    /// The smallest number that so many of a hundred do not exceed.
    Percentile(u64),
}

/// What is more than usual.
#[derive(Clone, Debug)]
pub(crate) struct BaselineRule {
    pub(crate) of: LeafSet,
    /// Where there is one, what is compared is the percentage of it.
    pub(crate) whole: Option<LeafSet>,
    /// Never below so many (of the whole, where there is one).
    pub(crate) floor: usize,
    /// How many deviations above usual.
    pub(crate) deviations: u32,
    /// By the hour of the week, once there are four weeks of it.
    pub(crate) seasonal: bool,
    pub(crate) spread: Option<Spread>,
}

/// Over how many sources it has to be spread, and how thinly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) need: NeedId,
    pub(crate) at_least: usize,
    pub(crate) at_most_each: usize,
}

impl Step {
    /// For how long its parts wait after an event for what may not come, in milliseconds.
    pub(crate) fn waits(&self) -> Vec<i64> {
        match &self.shape {
            Shape::Absence { within, .. } => vec![*within],
            Shape::Gap { .. } => vec![Self::PATIENCE],
            // Nobody waits for a part of the others: what did not come is no event among theirs.
            Shape::Any(parts) => parts.iter().flat_map(Self::waits).collect(),
            _ => Vec::new(),
        }
    }

    /// So long a number that is missing in a sequence has to come, in milliseconds.
    pub(crate) const PATIENCE: i64 = 30_000;
}

impl Shape {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::EventCount { .. } => "event_count",
            Self::ValueCount { .. } => "value_count",
            Self::Statistic {
                statistic: Statistic::Sum,
                ..
            } => "value_sum",
            Self::Statistic {
                statistic: Statistic::Average,
                ..
            } => "value_avg",
            Self::Statistic {
                statistic: Statistic::Median,
                ..
            } => "value_median",
            Self::Statistic { .. } => "value_percentile",
            Self::NewValueCount { .. } => "new_value_count",
            Self::NewValue { .. } => "new_value",
            Self::Interleaved { .. } => "interleaved",
            Self::Ratio { .. } => "ratio",
            Self::Baseline(_) => "baseline",
            Self::Gap { .. } => "gap",
            Self::Absence { .. } => "absence",
            Self::Any(_) => "any",
            Self::All(_) => "all",
            Self::Ordered(_) => "ordered",
        }
    }

    /// How many it takes: the number that a person would call the threshold.
    pub(crate) fn threshold(&self) -> usize {
        match self {
            Self::EventCount { bound, .. }
            | Self::ValueCount { bound, .. }
            | Self::Statistic { bound, .. } => bound.threshold(),
            Self::NewValueCount { threshold, .. } | Self::Ratio { threshold, .. } => *threshold,
            Self::Interleaved { turns, .. } => *turns,
            Self::Baseline(rule) => rule.floor,
            Self::NewValue { .. } | Self::Gap { .. } | Self::Absence { .. } => 1,
            Self::Any(parts) => {
                let parts = parts.iter().map(|part| part.shape.threshold());
                parts.min().unwrap_or(1)
            }
            Self::All(parts) | Self::Ordered(parts) => parts.len(),
        }
    }

    /// How many entries of one key it takes to decide: a smaller budget can't work.
    pub(crate) fn entries(&self) -> usize {
        match self {
            Self::Any(parts) | Self::All(parts) | Self::Ordered(parts) => {
                parts.iter().map(|part| part.shape.entries()).sum()
            }
            Self::Ratio {
                threshold,
                distinct,
                ..
            } => (*threshold).max(distinct.map_or(0, |(_, least)| least)),
            Self::Baseline(rule) => {
                let spread = rule.spread.map_or(0, |spread| spread.at_least);
                rule.floor.max(spread)
            }
            Self::Statistic { .. } => 1,
            other => other.threshold(),
        }
    }
}
