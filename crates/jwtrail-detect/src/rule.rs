mod bound;
mod plan;
mod quiet;
mod shape;

use serde::{Deserialize, Serialize};

pub(crate) use bound::Bound;
pub(crate) use plan::{Escalation, Leaf, LeafSet, MAX_LEAVES, Need, NeedId, Plan, What};
pub(crate) use quiet::Seen;
pub(crate) use shape::{BaselineRule, Shape, Spread, Statistic, Step};

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
    /// What it groups by; the first, where it groups by several.
    pub key_class: KeyClass,
    /// All that it groups by: an event counts under each of them.
    pub key_classes: Vec<KeyClass>,
    /// The fields that split a key further.
    pub per: Vec<String>,
    /// The least trust that an event needs.
    pub trust: String,
    /// The events that it can look at.
    pub events: Vec<String>,
    /// The half-open window (t - T, t], in seconds.
    pub window_seconds: u64,
    /// How the events add up: the name of the correlation or native type.
    pub shape: String,
    /// Whether it is judged only once what is late has had its time, some 30 s later. The
    /// others alert at once.
    pub settled_only: bool,
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
    /// Whether the file is Sigma and asks for fields of the event only: other tools can read and
    /// convert it.
    pub portable: bool,
    /// Why it matters.
    pub why: String,
    /// What honest thing looks like it.
    pub false_positives: Vec<String>,
    /// Where to read on.
    pub references: Vec<String>,
}

impl RuleInfo {
    /// What it groups by, in words: `subject`, `address, origin`, `subject and object_type`.
    #[must_use]
    pub fn key(&self) -> String {
        let classes = self.key_classes.iter().map(|class| class.as_str());
        let classes: Vec<&str> = classes.collect();
        let fields = self.per.iter().map(|field| format!(" and {field}"));
        classes.join(", ") + &fields.collect::<String>()
    }
}

/// What a rule asks for when it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Response {
    /// An alert, nothing else.
    Alert,
}
