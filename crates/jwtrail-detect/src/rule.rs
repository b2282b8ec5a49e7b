use serde::{Deserialize, Serialize};

use crate::selection::{Field, Selection};
use crate::{KeyClass, Severity};

/// A rule, checked and ready to run.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) info: RuleInfo,
    pub(crate) plan: Plan,
}

impl Rule {
    /// What the rule says of itself.
    #[must_use]
    pub const fn info(&self) -> &RuleInfo {
        &self.info
    }
}

/// What a rule says of itself: for the dashboard, the API and the generated page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleInfo {
    /// The slug, also the file's name.
    pub name: String,
    /// The UUID.
    pub id: String,
    /// A hash of the file: it changes when the rule does.
    pub version: String,
    /// One line.
    pub title: String,
    /// What it finds.
    pub description: String,
    /// How bad it is when it fires.
    pub severity: Severity,
    /// What it may rise to, where the rule says so.
    pub escalates_to: Option<Severity>,
    /// What it groups by.
    pub key_class: KeyClass,
    /// The least trust that an event needs.
    pub trust: String,
    /// The events that it can look at.
    pub events: Vec<String>,
    /// The half-open window (t - T, t], in seconds.
    pub window_seconds: u64,
    /// How many it takes.
    pub threshold: u64,
    /// The field whose distinct values are counted, where it is not events that are.
    pub distinct: Option<String>,
    /// How long the rule learns before it may fire, in seconds.
    pub warm_up_seconds: u64,
    /// An episode ends when it has been quiet for so many seconds.
    pub quiet_seconds: u64,
    /// What the rule asks for.
    pub response: Response,
    /// What an event does that lacks a field the rule needs.
    pub missing_field: String,
    /// Whether the file is Sigma, which other tools can read and convert.
    pub portable: bool,
    /// Why it matters.
    pub why: String,
    /// What honest thing looks like it.
    pub false_positives: Vec<String>,
    /// Where to read on.
    pub references: Vec<String>,
}

/// What a rule asks for when it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Response {
    /// An alert, nothing else.
    Alert,
}

/// What the engine runs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) selection: Selection,
    pub(crate) key: KeyClass,
    pub(crate) trust: jwtrail_event::Trust,
    pub(crate) shape: Shape,
    /// Milliseconds.
    pub(crate) window: i64,
    /// Milliseconds; never shorter than the window.
    pub(crate) quiet: i64,
    pub(crate) severity: Severity,
    pub(crate) escalation: Option<Escalation>,
    /// The budget: how many keys are kept.
    pub(crate) max_keys: usize,
    /// The budget: how many entries are kept of one key.
    pub(crate) max_entries: usize,
}

impl Plan {
    /// For how long after its last event a key has to be remembered, in milliseconds.
    pub(crate) fn retention(&self) -> i64 {
        match self.shape {
            Shape::NewValueCount { memory, .. } => self.quiet.max(memory),
            _ => self.quiet,
        }
    }
}

/// How events add up.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// At least so many events.
    EventCount { threshold: usize },
    /// At least so many distinct values of a field.
    ValueCount { field: Field, threshold: usize },
    /// At least so many values that this key had not shown for `memory` milliseconds.
    NewValueCount {
        field: Field,
        threshold: usize,
        memory: i64,
    },
    /// One source, another that differs from it in address and agent family, the first again.
    Interleaved,
}

/// When an open alert becomes worse.
#[derive(Clone, Debug)]
pub(crate) struct Escalation {
    pub(crate) severity: Severity,
    /// At least so many events in the window.
    pub(crate) threshold: usize,
    /// Or one event whose claimed subject is one that we know.
    pub(crate) known_subject: bool,
}
