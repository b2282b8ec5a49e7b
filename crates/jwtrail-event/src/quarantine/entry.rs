use serde::{Deserialize, Serialize};

use super::hold::services;
use super::refused::{at_most, text};
use super::{Hold, Kind, Refused, Target};
use crate::caps::{FREE, ID};
use crate::{EventId, Timestamp};

/// An entry of the list, as the monitor keeps it and as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::exhaustive_structs, reason = "the monitor writes it out")]
pub struct Entry {
    /// A UUID of version 7, given when it was added.
    pub id: EventId,
    /// Quarantine or revocation.
    pub kind: Kind,
    /// Whom it concerns.
    pub target: Target,
    /// Who asked for it: a user, or `rule:` and a rule's name.
    pub actor: String,
    /// The rule that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why, in the words of who asked for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The services that it holds for; every service if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// When it was added.
    pub since: Timestamp,
    /// When it stops to hold.
    pub until: Timestamp,
}

impl Entry {
    /// Whether its values are within their caps and it holds for a while.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refused> {
        self.target.check()?;
        text("actor", &self.actor, ID)?;
        if let Some(rule) = &self.rule {
            text("rule", rule, ID)?;
        }
        at_most("reason", &self.reason, FREE)?;
        services(&self.services)?;
        if self.until <= self.since {
            return Err(Refused::Period);
        }
        Ok(())
    }

    /// What these services learn of it: nothing if it concerns none of them, and of other
    /// services not even the names.
    #[must_use]
    pub fn hold_for(&self, services: &[String]) -> Option<Hold> {
        let mine = |named: &&String| services.contains(named);
        let named: Vec<_> = self.services.iter().filter(mine).cloned().collect();
        if named.is_empty() && !self.services.is_empty() {
            return None;
        }
        Some(Hold {
            id: self.id,
            kind: self.kind,
            target: self.target.clone(),
            services: named,
            until: self.until,
        })
    }
}
