//! How responses stand in the store: one row for each that is due, one for each that was decided,
//! and one for the breaker.

use jwtrail_detect::{Alert, AlertId};
use jwtrail_event::{EventId, Timestamp};
use jwtrail_store::{Change, Row, Scan, State, StoreError, Table};
use serde::{Deserialize, Serialize};

use super::breaker::Breaker;
use super::withheld::Withheld;
use crate::MonitorError;
use crate::alerts::order;

/// A response that is to be decided. It is written in one commit with the alert.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Due {
    /// As it was when it was severe enough, or when it was raised: with the events that made it so,
    /// and none that came after.
    pub(super) alert: Alert,
    /// The moment of that; an older version only knew of the raise.
    #[serde(default)]
    since: Option<Timestamp>,
    /// The subjects that were active within the hour before.
    pub(super) active: u64,
}

impl Due {
    pub(super) fn new(alert: &Alert, since: Timestamp, active: u64) -> Self {
        Self {
            alert: alert.clone(),
            since: Some(since),
            active,
        }
    }

    pub(super) fn since(&self) -> Timestamp {
        self.since.unwrap_or(self.alert.raised_at)
    }
}

/// What was decided, for as long as the alert is kept: it is decided once, and once more if it
/// only was not severe enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) rule: String,
    pub(crate) at: Timestamp,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was put under quarantine.
    Held {
        entry: EventId,
        until: Timestamp,
        /// A hash of the subject, where it is known: each counts once for the breaker.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    /// It was not.
    Withheld { because: Withheld },
}

pub(super) fn due(due: &Due) -> Option<Change> {
    put(due_key(&due.alert), due)
}

/// Those that are due, oldest first.
pub(super) fn load_due(state: &dyn State) -> Result<Vec<Row>, StoreError> {
    state.scan(&Scan {
        prefix: DUE,
        limit: AT_ONCE,
        ..Scan::all(Table::Response)
    })
}

/// In the place of the due one, what was decided.
pub(super) fn decided(due_key: &[u8], alert: AlertId, done: &Done) -> Vec<Change> {
    let mut changes = vec![forget(due_key)];
    changes.extend(put(done_key(alert), done));
    changes
}

pub(super) fn forget(key: &[u8]) -> Change {
    Change::Remove(Table::Response, key.to_vec())
}

/// What was decided about an alert, if anything was.
pub(super) fn load_done(state: &dyn State, alert: AlertId) -> Result<Option<Done>, StoreError> {
    let row = state.load(Table::Response, &done_key(alert))?;
    Ok(row.and_then(|row| serde_json::from_slice(&row).ok()))
}

/// All that was decided.
pub(super) fn load_all_done(state: &dyn State) -> Result<Vec<Done>, MonitorError> {
    let rows = state.scan(&Scan {
        prefix: DONE,
        ..Scan::all(Table::Response)
    })?;
    rows.iter().map(|(_, row)| read(row)).collect()
}

/// What forgets it, with the alert.
pub(crate) fn forgotten(alert: u128) -> Change {
    Change::Remove(Table::Response, done_key_of(alert))
}

pub(super) fn load_breaker(state: &dyn State) -> Result<Breaker, MonitorError> {
    let row = state.load(Table::Response, BREAKER)?;
    row.map_or_else(|| Ok(Breaker::default()), |row| read(&row))
}

pub(super) fn breaker(breaker: &Breaker) -> Option<Change> {
    put(BREAKER.to_vec(), breaker)
}

fn put<T: Serialize>(key: Vec<u8>, value: &T) -> Option<Change> {
    let row = serde_json::to_vec(value).ok()?;
    Some(Change::Put(Table::Response, key, row))
}

fn read<T: for<'de> Deserialize<'de>>(row: &[u8]) -> Result<T, MonitorError> {
    serde_json::from_slice(row).map_err(|error| MonitorError::ResponseRow {
        problem: error.to_string(),
    })
}

fn due_key(alert: &Alert) -> Vec<u8> {
    let id = alert.id.as_u128().to_be_bytes();
    [DUE, &order(alert.raised_at), &id].concat()
}

fn done_key(alert: AlertId) -> Vec<u8> {
    done_key_of(alert.as_u128())
}

fn done_key_of(alert: u128) -> Vec<u8> {
    [DONE, &alert.to_be_bytes()].concat()
}

const DUE: &[u8] = b"due/";
const DONE: &[u8] = b"done/";
const BREAKER: &[u8] = b"breaker";
const AT_ONCE: usize = 256;
