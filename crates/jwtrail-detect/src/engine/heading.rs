use serde::{Deserialize, Serialize};

use crate::{Key, KeyClass, Response, Rule, Severity};

/// What every alert of a rule says. A snapshot keeps it, so that alerts of a rule that is gone
/// can still be resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Heading {
    pub(super) rule: String,
    pub(super) version: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) severity: Severity,
    /// What it may rise to.
    pub(super) worse: Option<Severity>,
    pub(super) key_classes: Vec<KeyClass>,
    pub(super) response: Response,
    /// Whether it is judged in final order only.
    pub(super) settled_only: bool,
}

impl Heading {
    pub(super) fn of(rule: &Rule) -> Self {
        let Rule { info, plan } = rule;
        Self {
            rule: info.name.clone(),
            version: info.version.clone(),
            title: info.title.clone(),
            description: info.description.clone(),
            severity: plan.severity,
            worse: plan.escalation.as_ref().map(|worse| worse.severity),
            key_classes: plan.keys.clone(),
            response: info.response,
            settled_only: plan.settled_only,
        }
    }

    /// Which of the rule's classes a key is of.
    pub(super) fn class_of(&self, key: &Key) -> KeyClass {
        let mut classes = self.key_classes.iter().copied();
        let found = classes.find(|class| key.is_of(*class));
        found.unwrap_or(KeyClass::Service)
    }

    /// Whether it is this rule's, in this version.
    pub(super) fn is_of(&self, rule: &Rule) -> bool {
        self.rule == rule.info.name && self.version == rule.info.version
    }
}
