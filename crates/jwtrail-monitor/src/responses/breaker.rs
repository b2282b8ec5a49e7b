use jwtrail_detect::{Alert, OwnAlert, Severity};
use jwtrail_event::{EventName, Timestamp};
use jwtrail_store::{Field, Find, StoreError};
use serde::{Deserialize, Serialize};

use crate::core::Store;
use crate::own_audit::OwnAudit;
use crate::producers::OWN_SERVICE;
use crate::quarantine::By;

/// Stops all rules from holding anybody, until an operator resets it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Breaker {
    pub(super) tripped: Option<Tripped>,
    /// What was held up to then does not count any more.
    pub(super) reset_at: Option<Timestamp>,
    /// The last change, which may not be in the log yet.
    told: Option<Told>,
}

/// When it tripped, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tripped {
    pub(crate) at: Timestamp,
    /// The rule that would have held one more.
    pub(crate) rule: String,
    /// The subjects that would have been held within the hour.
    pub(crate) subjects: u64,
    /// How many may be.
    pub(crate) limit: u64,
    /// The alert that says so.
    pub(crate) alert: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    what: String,
    rule: String,
    by: By,
    at: Timestamp,
}

impl Breaker {
    /// Trips it: the alert to raise.
    pub(super) fn trip(&mut self, rule: &str, subjects: u64, limit: u64, now: Timestamp) -> Alert {
        let description = format!(
            "With one more of the rule `{rule}`, {subjects} subjects would have been held within an \
             hour, and {limit} are allowed. No rule holds anything until an operator has looked \
             whether these alerts are true or a producer tells lies, and resets it."
        );
        let alert = Alert::from(OwnAlert {
            rule: HALTED,
            title: "Automatic quarantine has halted",
            description: &description,
            severity: Severity::High,
            service: OWN_SERVICE,
            at: now,
        });
        self.tripped = Some(Tripped {
            at: now,
            rule: rule.to_owned(),
            subjects,
            limit,
            alert: alert.id.to_string(),
        });
        let by = By::rule(rule, alert.id);
        self.say("responses halted", rule, by, now);
        alert
    }

    /// Resets it; what it was.
    pub(super) fn reset(&mut self, by: By, now: Timestamp) -> Option<Tripped> {
        let was = self.tripped.take()?;
        self.reset_at = Some(now);
        self.say("responses resumed", &was.rule, by, now);
        Some(was)
    }

    fn say(&mut self, what: &str, rule: &str, by: By, at: Timestamp) {
        self.told = Some(Told {
            what: what.to_owned(),
            rule: rule.to_owned(),
            by,
            at,
        });
    }

    /// Writes the last change to the trail.
    pub(super) fn tell(&self, audit: &OwnAudit) {
        if let Some(told) = &self.told {
            audit.rule_changed(&told.by, &told.rule, &told.what);
        }
    }

    /// Writes it once more, if a crash may have lost it.
    pub(super) fn resume(
        &self,
        store: &dyn Store,
        audit: &OwnAudit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(told) = &self.told else {
            return Ok(());
        };
        if now.micros_since(told.at) > LONG_AGO {
            return Ok(());
        }
        let id = told.by.correlation_id.clone();
        let page = store.find(&Find::By(Field::CorrelationId, id), None, LOOKED_AT)?;
        let said = page.entries.iter().filter_map(|entry| entry.record().ok());
        let mut same = said.filter(|record| {
            let target = record.target.as_ref().map(|target| target.as_str());
            record.event == EventName::RulesChanged && target == Some(&*told.what)
        });
        if same.next().is_none() {
            self.tell(audit);
        }
        Ok(())
    }
}

/// What the alert names in the place of a rule.
const HALTED: &str = "responses-halted";
/// Events of one request that are looked at.
const LOOKED_AT: usize = 1_000;
/// Microseconds after which it must have come to the log, or have left it again.
const LONG_AGO: i64 = 86_400_000_000;
