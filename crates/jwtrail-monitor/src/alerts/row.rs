use jwtrail_detect::{Alert, AlertStatus};
use serde::{Deserialize, Serialize};

use crate::outbox::{Before, Notice};

/// An alert, and what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AlertRow {
    pub(crate) alert: Alert,
    /// That it was raised stands in the outbox, or has left it.
    pub(crate) raise_sent: bool,
    /// That it was resolved stands in the outbox, or has left it.
    pub(crate) resolution_sent: bool,
    /// What the outputs know of it; an older version kept none.
    #[serde(default)]
    pub(crate) told: Option<Before>,
}

impl AlertRow {
    /// What the outputs know of it, if they do.
    pub(crate) fn told(&self) -> Option<Before> {
        let known = self.told.clone();
        known.or_else(|| self.raise_sent.then(|| Before::of(&self.alert)))
    }

    /// What is due to the outputs, in this order.
    pub(crate) fn due(&self) -> Vec<Notice> {
        // What is part of a service's alert is told by that one.
        let alone = self.alert.part_of.is_none();
        let raised = !self.raise_sent && alone;
        let known = raised || self.raise_sent;
        let worse = |told: &Before| self.alert.severity > told.severity;
        let escalated = alone && !self.resolution_sent && self.told.as_ref().is_some_and(worse);
        let over = self.alert.status == AlertStatus::Resolved;
        let resolved = over && known && !self.resolution_sent;
        let all = [
            (raised, Notice::Raised),
            (escalated, Notice::Escalated),
            (resolved, Notice::Resolved),
        ];
        let due = all.into_iter().filter(|(due, _)| *due);
        due.map(|(_, notice)| notice).collect()
    }

    /// A notice stands in the outbox.
    pub(crate) fn tell(&mut self, notice: Notice) {
        match notice {
            Notice::Raised => self.raise_sent = true,
            Notice::Escalated => {}
            Notice::Resolved => self.resolution_sent = true,
        }
        match &mut self.told {
            // What it rose to is known from now on; the rest stays as it was told first.
            Some(told) => told.severity = told.severity.max(self.alert.severity),
            None => self.told = Some(Before::of(&self.alert)),
        }
    }
}
