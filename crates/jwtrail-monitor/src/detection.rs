//! The reader of the log that finds abuse: engine, alerts, outbox, each change in one commit.

mod about;
mod apply;
mod observe;
mod resume;

use std::time::Duration;

use jwtrail_detect::{AlertChange, Collapse, Engine};
use jwtrail_event::Timestamp;
use jwtrail_store::{Change, Entry, StoreError, Table};

use crate::core::Core;
use crate::internal_events::{ReaderFailed, UnreadableEntry};
use crate::responses::ActiveSubjects;
pub(crate) use apply::{prepare, publish};
pub(crate) use resume::{Resumed, resume};

/// Whether a snapshot of this key holds names: what is remembered of keys, but not how many
/// subjects there are.
pub(crate) fn names_somebody(snapshot: &[u8]) -> bool {
    snapshot != ACTIVE
}

/// The reader with its place in the log.
pub(crate) struct Detection<'a> {
    core: &'a Core,
    trail: &'a jwtrail_actix::Trail,
    engine: Engine,
    /// What it found, seen as a whole.
    collapse: Collapse,
    /// The last position that the engine has seen.
    position: u64,
    /// What was found up to here is in the state already.
    applied: u64,
    saved: u64,
    saved_at: Timestamp,
    /// Microseconds that the last snapshot took.
    cost: i64,
    /// The set of rules in force, and what is not committed yet of its coming into force.
    in_force: String,
    rules: Vec<Change>,
    /// For the bound of automatic quarantines.
    active: ActiveSubjects,
    /// What was found and could not be committed yet.
    pending: Vec<AlertChange>,
}

impl<'a> Detection<'a> {
    pub(crate) fn new(core: &'a Core, trail: &'a jwtrail_actix::Trail, resumed: Resumed) -> Self {
        let position = resumed.engine.position().unwrap_or(0);
        Self {
            core,
            trail,
            position,
            applied: resumed.applied,
            saved: position,
            saved_at: core.clock.now(),
            cost: 0,
            engine: resumed.engine,
            collapse: resumed.collapse,
            in_force: resumed.in_force.hash,
            rules: Vec::new(),
            active: resumed.active,
            pending: Vec::new(),
        }
    }

    /// Follows the log until the monitor stops.
    pub(crate) fn run(mut self) {
        while !self.core.stop.is_stopped() {
            if let Err(error) = self.step() {
                ReaderFailed {
                    reader: "detection",
                    error: &error,
                }
                .emit();
                self.core.stop.wait(RETRY);
            }
        }
        if self.core.is_crashing() {
            return;
        }
        if let Err(error) = self.save() {
            // The next start replays what came since the last snapshot.
            ReaderFailed {
                reader: "detection",
                error: &error,
            }
            .emit();
        }
    }

    fn step(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            self.core.store.wait(self.position, IDLE);
            let entries = self.core.store.read(self.position, BATCH)?;
            let mut records = Vec::with_capacity(entries.len());
            for entry in &entries {
                match entry.record() {
                    Ok(record) => records.push((entry.position(), record)),
                    Err(error) => UnreadableEntry {
                        position: entry.position(),
                        error: &error,
                    }
                    .emit(),
                }
            }
            self.take_in(&records)?;
            self.position = entries.last().map_or(self.position, Entry::position);
            // While old ground is gone over again, time stands where it stood then.
            if entries.is_empty() && self.position >= self.applied {
                // What is on its way to the disk arrived before now: time must not pass it.
                let settled = self.core.clock.now().plus_micros(-ON_THE_WAY);
                let known = self.pending.len();
                self.engine.advance(settled, &mut self.pending);
                self.collapse.advance(settled, &mut self.pending);
                self.gather(known);
            }
        }
        self.core.board.update(self.position, None);
        let now = self.core.clock.now();
        let since = self.position.saturating_sub(self.saved);
        let age = now.micros_since(self.saved_at);
        // The log is not read meanwhile, so large ones are seldom; a start replays more then.
        let due = (since >= SAVE_AT || age >= SAVE_EVERY) && age >= self.cost * LEAST_PAUSE;
        let nothing = self.pending.is_empty() && self.rules.is_empty();
        if due && (since > 0 || !nothing) {
            self.save()
        } else if nothing {
            Ok(())
        } else {
            self.commit(Vec::new())
        }
    }

    /// Joins what is part of a service's alert to it, among the changes that are new.
    fn gather(&mut self, known: usize) {
        let store = &*self.core.store;
        if let Some(new) = self.pending.get_mut(known..).filter(|new| !new.is_empty()) {
            self.collapse
                .gather(new, |alert| about::refused(store, alert));
        }
        self.collapse.forget();
    }

    /// Commits the engine's whole state, with what it has found.
    fn save(&mut self) -> Result<(), StoreError> {
        let began = self.core.clock.now();
        let snapshot = self.engine.snapshot();
        let stats = self.engine.stats();
        let key = READER.to_vec();
        let active = self.active.to_bytes();
        let rules = self.in_force.clone().into_bytes();
        self.commit(vec![
            Change::Put(Table::Snapshot, key, snapshot),
            Change::Put(Table::Snapshot, ACTIVE.to_vec(), active),
            Change::Put(Table::Snapshot, COLLAPSE.to_vec(), self.collapse.snapshot()),
            Change::Put(Table::Reader, RULES.to_vec(), rules),
        ])?;
        self.saved = self.position;
        self.saved_at = self.core.clock.now();
        self.cost = self.saved_at.micros_since(began).max(0);
        self.core.board.update(self.position, Some(stats));
        Ok(())
    }

    /// Commits what was found, with the position up to which it was. Before that nobody
    /// hears of it; if it fails it is tried again.
    fn commit(&mut self, mut changes: Vec<Change>) -> Result<(), StoreError> {
        let applied = self.position.max(self.applied);
        let active = match self.pending.is_empty() {
            true => 0,
            false => self.active.within_the_hour(self.core.clock.now()),
        };
        let news = prepare(self.core, &self.pending, active, &mut changes)?;
        let position = applied.to_be_bytes().to_vec();
        changes.push(Change::Put(Table::Reader, READER.to_vec(), position));
        changes.extend(self.rules.iter().cloned());
        self.core.store.commit(changes)?;
        self.pending.clear();
        self.rules.clear();
        self.applied = applied;
        publish(self.core, self.trail, &news);
        if !news.is_empty() {
            self.core
                .board
                .update(self.position, Some(self.engine.stats()));
        }
        Ok(())
    }
}

const READER: &[u8] = b"detection";
/// The set of rules that the snapshot belongs to.
const RULES: &[u8] = b"detection-rules";
const ACTIVE: &[u8] = b"active-subjects";
const COLLAPSE: &[u8] = b"collapse";
const IDLE: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(1);
const BATCH: usize = 1_000;
/// Microseconds that an event may take from its arrival to the log.
const ON_THE_WAY: i64 = 2_000_000;
/// Events after which a snapshot is due.
const SAVE_AT: u64 = 50_000;
/// Microseconds after which one is due, if there was an event.
const SAVE_EVERY: i64 = 10_000_000;
/// Between two snapshots at least so many times what one takes.
const LEAST_PAUSE: i64 = 20;
