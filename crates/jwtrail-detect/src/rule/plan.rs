use jwtrail_event::{EventName, Record, Trust};

use super::{Bound, Shape, Step};
use crate::selection::{Field, Selection};
use crate::{KeyClass, Severity};

/// What the engine runs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The selections that the rule's parts look through; an event is of interest if one of
    /// them selects it.
    pub(crate) leaves: Vec<Leaf>,
    /// What has to be known of an event beyond that it was.
    pub(crate) needs: Vec<Need>,
    pub(crate) keys: Vec<KeyClass>,
    /// Fields that split a key further.
    pub(crate) per: Vec<Field>,
    pub(crate) trust: Trust,
    pub(crate) step: Step,
    /// Milliseconds; never shorter than the window.
    pub(crate) quiet: i64,
    /// Milliseconds for which a key is only learnt; 0 for none.
    pub(crate) warm_up: i64,
    pub(crate) severity: Severity,
    pub(crate) escalation: Option<Escalation>,
    /// The budget: how many keys are kept.
    pub(crate) max_keys: usize,
    /// The budget: how many entries are kept of one key.
    pub(crate) max_entries: usize,
    /// Judged only below the watermark.
    pub(crate) settled_only: bool,
    /// How long it waits at least for what has not come, in milliseconds; none where it does not.
    pub(crate) shortest_wait: Option<i64>,
    /// Whether more events than counted ones pass through the window.
    pub(crate) counts_all: bool,
    /// For how long after its last event a key has to be remembered, in milliseconds.
    pub(crate) retention: i64,
}

impl Plan {
    /// The buckets of baselines, in milliseconds.
    pub(crate) const BUCKET: i64 = 300_000;

    pub(crate) fn can_select(&self, event: EventName) -> bool {
        let mut leaves = self.leaves.iter();
        leaves.any(|leaf| leaf.selection.can_select(event))
    }

    /// Whether it is about what can be held: what vouches for its events then matters.
    pub(crate) fn is_of_holdable(&self) -> bool {
        let mut keys = self.keys.iter();
        keys.any(|class| matches!(class, KeyClass::Token | KeyClass::Family))
    }

    /// Which of the leaves select it.
    pub(crate) fn select(&self, record: &Record<'_>) -> LeafSet {
        let mut set = LeafSet::default();
        if record.trust < self.trust {
            return set;
        }
        for (at, leaf) in self.leaves.iter().enumerate() {
            if leaf.selection.selects(record) {
                set.insert(at);
            }
        }
        set
    }

    /// How many events of one key may wait for the watermark, where the rule has room for so
    /// many: never fewer than it keeps of a key.
    pub(crate) fn most_pending(&self, room: usize) -> usize {
        let most = if self.settled_only {
            MOST_PENDING
        } else {
            // All of them are gone through again for a late one.
            MOST_RUN_AHEAD
        };
        room.min(most).max(self.max_entries)
    }

    /// What more is asked of a count than its threshold.
    pub(crate) fn escalation_count(&self) -> usize {
        let escalation = self.escalation.as_ref();
        escalation.and_then(|e| e.threshold).unwrap_or(0)
    }

    /// For how long the step's state matters.
    pub(super) fn memory(step: &Step) -> i64 {
        match &step.shape {
            Shape::NewValueCount { memory, .. } | Shape::NewValue { memory, .. } => *memory,
            Shape::Baseline(_) => BASELINE_MEMORY,
            Shape::Absence { within, .. } => step.window.max(*within),
            Shape::Gap { .. } => GAP_MEMORY,
            Shape::Any(parts) | Shape::All(parts) | Shape::Ordered(parts) => {
                let parts = parts.iter().map(Self::memory);
                parts.max().unwrap_or(0).max(step.window)
            }
            _ => step.window,
        }
    }

    pub(crate) fn retention(step: &Step, quiet: i64, warm_up: i64) -> i64 {
        let memory = Self::memory(step);
        let learning = if warm_up == 0 { 0 } else { WARM_KEY_MEMORY };
        quiet.max(memory).max(learning)
    }

    /// Whether a step can only be judged once its events are in final order.
    pub(crate) fn needs_settling(step: &Step) -> bool {
        match &step.shape {
            Shape::EventCount { bound, .. } => !bound.is_monotone(),
            Shape::ValueCount {
                bound,
                presentations,
                ..
            } => *presentations || !bound.is_monotone(),
            // A caller's event may come after that of the service which it called: until then
            // they are two sources.
            Shape::Interleaved { .. } => true,
            Shape::Statistic { .. }
            | Shape::Ratio { .. }
            | Shape::Baseline(_)
            | Shape::Gap { .. }
            | Shape::Absence { .. } => true,
            // What it learns from may come late and unmake it, unless that is news itself.
            Shape::NewValue {
                learn, fire, since, ..
            } => since.is_some() || learn != fire,
            Shape::NewValueCount { .. } => false,
            Shape::Any(parts) | Shape::All(parts) | Shape::Ordered(parts) => {
                parts.iter().any(Self::needs_settling)
            }
        }
    }

    /// Whether each selected event counts, whatever came before it.
    pub(crate) const fn counts_all(step: &Step) -> bool {
        matches!(
            step.shape,
            Shape::EventCount {
                bound: Bound::AtLeast(_),
                ..
            } | Shape::ValueCount {
                bound: Bound::AtLeast(_),
                presentations: false,
                ..
            }
        )
    }
}

/// One selection.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) selection: Selection,
}

/// Some of a plan's leaves.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub(crate) struct LeafSet(u32);

impl LeafSet {
    pub(crate) const fn of(at: usize) -> Self {
        Self(if at < MAX_LEAVES { 1 << at } else { 0 })
    }

    pub(crate) const fn insert(&mut self, at: usize) {
        self.0 |= Self::of(at).0;
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether they have a leaf in common.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Something that has to be known of the events of some leaves.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub(crate) leaves: LeafSet,
    pub(crate) what: What,
    /// Whether the events count without it.
    pub(crate) optional: bool,
}

/// The place of a need in its plan.
pub(crate) type NeedId = u8;

/// What has to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The values of a field, by their hashes.
    Values(Field),
    /// A field's number.
    Number(Field),
    /// Where a token came from: what has to differ, and the trace.
    Source(Field, Option<Field>),
    /// Boot and number of the record.
    Place,
}

/// When an open alert becomes worse.
#[derive(Clone, Debug)]
pub(crate) struct Escalation {
    pub(crate) severity: Severity,
    /// At least so many events in the window.
    pub(crate) threshold: Option<usize>,
    /// Or one event whose claimed subject is one that we know.
    pub(crate) known_subject: bool,
    /// Or one event of this leaf.
    pub(crate) when: LeafSet,
    /// Or this one of the parts that the rule is made of was met.
    pub(crate) part: Option<usize>,
}

const MOST_PENDING: usize = 16_384;
const MOST_RUN_AHEAD: usize = 4_096;
pub(crate) const MAX_LEAVES: usize = 32;
/// Four weeks and a bit: what has been silent for so long has no baseline any more.
const BASELINE_MEMORY: i64 = 35 * 86_400_000;
/// A key that is only learnt at first is not forgotten over a holiday.
const WARM_KEY_MEMORY: i64 = 35 * 86_400_000;
/// A gap in the numbers of a boot shows however long the instance was silent, up to this.
const GAP_MEMORY: i64 = 86_400_000;
