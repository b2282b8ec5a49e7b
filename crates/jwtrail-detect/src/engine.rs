mod entry;
mod episode;
mod facts;
mod heading;
mod key_state;
mod known;
mod lane;
mod names;
mod packed;
mod sighting;
mod snapshot;
mod stats;
mod table;
mod time;
mod timers;
mod track;
mod window;

use jwtrail_event::{EventName, Record, Timestamp};

pub use snapshot::SnapshotError;
pub use stats::{EngineStats, RuleStats};

use entry::Entry;
use known::KnownSubjects;
use lane::{Context, Lane};
use names::Names;
use sighting::Sighting;
use time::Time;

use crate::{Alert, AlertChange, KeyClass, RuleInfo, RuleSet};

/// An event as it lies in the log.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Observation<'a> {
    /// The event.
    pub record: &'a Record<'a>,
    /// Its position in the log. A position up to the last one observed is passed over.
    pub position: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Who delivered it.
    pub producer: &'a str,
}

/// The detectors: a fold over the log.
///
/// The same log gives the same changes, however often it is cut by a snapshot; and within the
/// allowed lateness of 30 s the order in which events arrive does not change the final alerts.
///
/// ```
/// use jwtrail_detect::{Engine, RuleSet};
/// let engine = Engine::new(RuleSet::embedded().unwrap());
/// assert_eq!(engine.position(), None);
/// ```
#[derive(Debug)]
pub struct Engine {
    position: Option<u64>,
    events: u64,
    time: Time,
    names: Names,
    known: KnownSubjects,
    lanes: Vec<Lane>,
    /// Which lanes can select an event, by the event.
    by_event: Vec<Vec<usize>>,
    /// Open alerts of rules that are gone: the next call resolves them.
    orphans: Vec<Alert>,
}

impl Engine {
    /// An engine that has seen nothing.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        let lanes: Vec<Lane> = rules.into_rules().into_iter().map(Lane::new).collect();
        Self {
            position: None,
            events: 0,
            time: Time::new(),
            names: Names::default(),
            known: KnownSubjects::default(),
            by_event: by_event(&lanes),
            lanes,
            orphans: Vec::new(),
        }
    }

    /// The engine as it was when the snapshot was taken.
    ///
    /// A rule that is new or has changed since starts afresh; alerts that only its former
    /// version holds open are resolved by the next call.
    ///
    /// # Errors
    /// When the bytes are not a whole snapshot of a version that this crate reads: then start
    /// with [`Engine::new`] and replay the log.
    pub fn restore(rules: RuleSet, snapshot: &[u8]) -> Result<Self, SnapshotError> {
        snapshot::restore(rules, snapshot)
    }

    /// Takes in one event and appends what it changes.
    ///
    /// Call in the log's order. It also does what [`Engine::advance`] does, with the event's
    /// arrival.
    pub fn observe(&mut self, observation: &Observation<'_>, changes: &mut Vec<AlertChange>) {
        if self
            .position
            .is_some_and(|last| observation.position <= last)
        {
            return;
        }
        self.advance(observation.received_at, changes);
        self.position = Some(observation.position);
        self.events += 1;
        let record = observation.record;
        // A machine's clock may step back; the arrival clock doesn't.
        let arrived = self.time.now;
        let (time, producer) = self.time.admit(observation.producer, record, arrived);
        let mut sighting = Sighting::new(record);
        let subject = sighting.key(KeyClass::Subject).map(|(_, hash)| hash);
        self.known.learn(subject, arrived);
        let entry = Entry {
            time,
            producer,
            seq: record.seq,
            event_id: record.event_id.as_u128(),
            position: observation.position,
            service: self.names.number(record.service.as_str()),
        };
        let context = Context {
            time: &self.time,
            names: &self.names,
            known: &self.known,
        };
        for at in self
            .by_event
            .get(record.event as usize)
            .into_iter()
            .flatten()
        {
            if let Some(lane) = self.lanes.get_mut(*at) {
                lane.observe(context, &mut sighting, entry, changes);
            }
        }
    }

    /// Tells the time of arrival while no event comes, so that quiet alerts are resolved.
    ///
    /// How often it is called does not matter to what is raised and how it ends; only updates
    /// may be told at other moments.
    pub fn advance(&mut self, now: Timestamp, changes: &mut Vec<AlertChange>) {
        changes.extend(self.orphans.drain(..).map(AlertChange::Resolved));
        if !self.time.advance(now.as_millis()) {
            return;
        }
        let context = Context {
            time: &self.time,
            names: &self.names,
            known: &self.known,
        };
        for lane in &mut self.lanes {
            lane.advance(context, changes);
        }
    }

    /// Says that nothing more will come: everything is settled and resolved.
    pub fn finish(&mut self, changes: &mut Vec<AlertChange>) {
        self.time.finish();
        self.advance(Timestamp::MAX, changes);
    }

    /// The whole state, versioned, with its position: replay what follows that position.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot::take(self)
    }

    /// The position of the last event observed.
    #[must_use]
    pub const fn position(&self) -> Option<u64> {
        self.position
    }

    /// What each rule says of itself, by name.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &RuleInfo> {
        self.lanes.iter().map(Lane::info)
    }

    /// The alerts that are open, as they are now.
    #[must_use]
    pub fn open_alerts(&self) -> Vec<Alert> {
        let context = Context {
            time: &self.time,
            names: &self.names,
            known: &self.known,
        };
        let lanes = self.lanes.iter();
        lanes.flat_map(|lane| lane.open_alerts(context)).collect()
    }

    /// What the engine has done and what it holds.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let rules: Vec<RuleStats> = self.lanes.iter().map(Lane::stats).collect();
        EngineStats {
            position: self.position,
            events: self.events,
            late: self.time.late,
            backlog: self.time.backlog,
            clamped: self.time.clamped,
            open_alerts: rules.iter().map(|rule| rule.open_alerts).sum(),
            rules,
        }
    }
}

/// Skips the rules that an event's name already rules out.
fn by_event(lanes: &[Lane]) -> Vec<Vec<usize>> {
    let of = |event: &EventName| {
        let selects = |(_, lane): &(usize, &Lane)| lane.can_select(*event);
        let lanes = lanes.iter().enumerate();
        lanes.filter(selects).map(|(at, _)| at).collect()
    };
    let mut table = vec![Vec::new(); EventName::ALL.len()];
    for event in EventName::ALL {
        if let Some(row) = table.get_mut(*event as usize) {
            *row = of(event);
        }
    }
    table
}
