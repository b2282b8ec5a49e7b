//! Counts per minute, kept by a reader of the log: what answers the dashboard.

mod minute;
mod reader;
mod top;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jwtrail_event::{Record, Timestamp};
use jwtrail_store::{Change, Scan, State, StoreError, Table};
use serde::{Deserialize, Serialize};

use crate::producers::OWN_SERVICE;
pub(crate) use minute::Minute;
pub(crate) use reader::run;
pub(crate) use top::{Tally, Top};

/// The last day, minute by minute.
#[derive(Debug)]
pub(crate) struct Rollups(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Up to which position everything is counted.
    position: u64,
    /// The position of the last event that is not the monitor's own.
    foreign: u64,
    /// By the second that they begin at.
    minutes: BTreeMap<i64, Arc<Minute>>,
    changed: BTreeSet<i64>,
    producers: BTreeMap<String, Delivered>,
    rejected: bool,
}

/// What a producer has delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivered {
    pub(crate) events: u64,
    pub(crate) last_seen: Timestamp,
    /// Lines that were not taken; those since the last commit are forgotten in a crash.
    #[serde(default)]
    pub(crate) rejected: u64,
    /// Why, of the last body with such lines.
    #[serde(default)]
    pub(crate) problem: Option<String>,
    #[serde(default)]
    rejected_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Position {
    position: u64,
    foreign: u64,
}

impl Rollups {
    /// What the last commit left.
    pub(crate) fn load(state: &dyn State) -> Result<Self, StoreError> {
        let mut inner = Inner::default();
        if let Some(row) = state.load(Table::Reader, READER)? {
            let Ok(Position { position, foreign }) = serde_json::from_slice(&row) else {
                // Another version's rows: everything is counted anew from the log.
                return Ok(Self(Mutex::new(inner)));
            };
            inner.position = position;
            inner.foreign = foreign;
        }
        for (key, row) in state.scan(&Scan::all(Table::Rollup))? {
            if let (Ok(key), Ok(minute)) = (key.try_into(), serde_json::from_slice(&row)) {
                inner
                    .minutes
                    .insert(i64::from_be_bytes(key), Arc::new(minute));
            }
        }
        for (key, row) in state.scan(&Scan::all(Table::Producer))? {
            if let (Ok(name), Ok(delivered)) =
                (String::from_utf8(key), serde_json::from_slice(&row))
            {
                inner.producers.insert(name, delivered);
            }
        }
        Ok(Self(Mutex::new(inner)))
    }

    pub(crate) fn position(&self) -> u64 {
        self.inner().position
    }

    /// The position of the last event that somebody else than the monitor wrote.
    pub(crate) fn foreign_position(&self) -> u64 {
        self.inner().foreign
    }

    /// The minutes of a span that begins at `from` seconds, in order, as one and one by one.
    pub(crate) fn since(&self, from: i64) -> (Minute, BTreeMap<i64, [u64; 3]>) {
        // A day of them takes its time: what counts goes on meanwhile.
        let minutes: Vec<_> = {
            let inner = self.inner();
            let minutes = inner.minutes.range(from..);
            minutes.map(|(time, it)| (*time, Arc::clone(it))).collect()
        };
        let mut total = Minute::default();
        let mut series = BTreeMap::new();
        for (time, minute) in minutes {
            series.insert(time, [minute.accepted, minute.failed, minute.refreshed]);
            total.merge(&minute);
        }
        (total, series)
    }

    pub(crate) fn producers(&self) -> BTreeMap<String, Delivered> {
        self.inner().producers.clone()
    }

    /// Counts lines of a producer that were not taken; whether it is the first time for long.
    pub(crate) fn reject(&self, producer: &str, lines: u64, why: &str, now: Timestamp) -> bool {
        let mut inner = self.inner();
        inner.rejected = true;
        let delivered = inner.producers.entry(producer.to_owned()).or_default();
        let first = now.micros_since(delivered.rejected_at) >= FOR_LONG;
        delivered.rejected = delivered.rejected.saturating_add(lines);
        delivered.problem = Some(why.chars().take(MOST_OF_PROBLEM).collect());
        if first {
            delivered.rejected_at = now;
        }
        first
    }

    /// Whether lines were rejected since the last commit.
    fn has_rejections(&self) -> bool {
        self.inner().rejected
    }

    fn add(&self, record: &Record<'_>, position: u64, now: Timestamp) {
        let mut inner = self.inner();
        inner.position = position;
        let producer = record.producer.as_ref().map_or("", |text| text.as_str());
        let delivered = inner.producers.entry(producer.to_owned()).or_default();
        delivered.events += 1;
        delivered.last_seen = record.received_at.unwrap_or(record.time);
        if producer == OWN_SERVICE {
            return;
        }
        inner.foreign = position;
        let arrived = record.received_at.unwrap_or(now);
        // A clock that is ahead must not fill minutes that are yet to come.
        let second = record.time.min(arrived).as_seconds();
        let time = second - second.rem_euclid(MINUTE);
        if time >= now.as_seconds() - KEPT {
            Arc::make_mut(inner.minutes.entry(time).or_default()).add(record);
            inner.changed.insert(time);
        }
    }

    /// Leaves an entry out that nobody can read.
    fn skip(&self, position: u64) {
        self.inner().position = position;
    }

    /// The last changes were not kept: all of them have to be written again.
    fn changed_again(&self) {
        let mut inner = self.inner();
        inner.changed = inner.minutes.keys().copied().collect();
        inner.rejected = true;
    }

    /// What has changed since the last call, as one commit. Old minutes go.
    fn changes(&self, now: Timestamp) -> Vec<Change> {
        let mut inner = self.inner();
        let oldest = now.as_seconds() - KEPT;
        inner.rejected = false;
        let mut changes = Vec::new();
        for time in std::mem::take(&mut inner.changed) {
            if let Some(minute) = inner.minutes.get(&time) {
                put(&mut changes, Table::Rollup, &time.to_be_bytes(), &**minute);
            }
        }
        let recent = inner.minutes.split_off(&oldest);
        for time in std::mem::replace(&mut inner.minutes, recent).into_keys() {
            changes.push(Change::Remove(Table::Rollup, time.to_be_bytes().to_vec()));
        }
        for (name, delivered) in &inner.producers {
            put(&mut changes, Table::Producer, name.as_bytes(), delivered);
        }
        let position = Position {
            position: inner.position,
            foreign: inner.foreign,
        };
        put(&mut changes, Table::Reader, READER, &position);
        changes
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic while adding loses at most one event's count, until the next start.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(changes: &mut Vec<Change>, table: Table, key: &[u8], row: &impl Serialize) {
    // These types have no maps with other keys than text: they always serialize.
    if let Ok(row) = serde_json::to_vec(row) {
        changes.push(Change::Put(table, key.to_vec(), row));
    }
}

const READER: &[u8] = b"rollup";
/// Seconds.
const MINUTE: i64 = 60;
/// Microseconds after which rejected lines are worth another word.
const FOR_LONG: i64 = 60_000_000;
/// Characters.
const MOST_OF_PROBLEM: usize = 256;
/// Seconds that are kept.
const KEPT: i64 = 24 * 60 * 60 + 120;
