//! How the list stands in the store: a row for what it is, one for each entry, and one for each
//! event that may not be in the log yet.

use jwtrail_event::EventId;
use jwtrail_event::quarantine::Entry;
use jwtrail_store::{Change, Row, Scan, State, StoreError, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list::List;
use crate::MonitorError;

#[derive(Serialize, Deserialize)]
struct Head {
    id: u64,
    number: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    number: u64,
    entry: Entry,
}

pub(super) fn load(state: &dyn State, new_id: u64) -> Result<List, MonitorError> {
    let head = state.load(Table::Quarantine, HEAD)?;
    let head = match head {
        Some(row) => read(&row)?,
        None => Head {
            id: new_id,
            number: 0,
        },
    };
    let mut entries = Vec::new();
    for (_, row) in scan(state, ENTRY)? {
        let kept: Kept = read(&row)?;
        entries.push((kept.number, kept.entry));
    }
    Ok(List::new(head.id, head.number, entries))
}

/// What keeps the list's number.
pub(super) fn head(id: u64, number: u64) -> Option<Change> {
    put(HEAD.to_vec(), &Head { id, number })
}

/// What keeps an entry. It always serializes: it was read from JSON, or is text and numbers.
pub(super) fn entry(entry: &Entry, number: u64) -> Change {
    let kept = Kept {
        number,
        entry: entry.clone(),
    };
    let row = serde_json::to_vec(&kept).unwrap_or_default();
    Change::Put(Table::Quarantine, entry_key(entry.id), row)
}

/// What forgets an entry.
pub(super) fn removed(id: EventId) -> Change {
    Change::Remove(Table::Quarantine, entry_key(id))
}

/// What keeps an event until it must be in the log.
pub(super) fn telling<T: Serialize>(number: u64, what: u8, telling: &T) -> Option<Change> {
    let mut key = TELLING.to_vec();
    key.extend_from_slice(&number.to_be_bytes());
    key.push(what);
    put(key, telling)
}

/// The events that may not be in the log yet.
pub(super) fn tellings(state: &dyn State) -> Result<Vec<Row>, StoreError> {
    scan(state, TELLING)
}

/// What the store says of each entry, whatever the fields are.
pub(crate) fn values_of_entries(state: &dyn State) -> Result<Vec<Value>, MonitorError> {
    let rows = scan(state, ENTRY)?;
    rows.iter().map(|(_, row)| read(row)).collect()
}

fn scan(state: &dyn State, prefix: &[u8]) -> Result<Vec<Row>, StoreError> {
    state.scan(&Scan {
        prefix,
        ..Scan::all(Table::Quarantine)
    })
}

fn put<T: Serialize>(key: Vec<u8>, value: &T) -> Option<Change> {
    let row = serde_json::to_vec(value).ok()?;
    Some(Change::Put(Table::Quarantine, key, row))
}

fn read<T: for<'de> Deserialize<'de>>(row: &[u8]) -> Result<T, MonitorError> {
    serde_json::from_slice(row).map_err(|error| MonitorError::QuarantineRow {
        problem: error.to_string(),
    })
}

fn entry_key(id: EventId) -> Vec<u8> {
    [ENTRY, &id.as_u128().to_be_bytes()].concat()
}

const HEAD: &[u8] = b"list";
const ENTRY: &[u8] = b"entry/";
const TELLING: &[u8] = b"telling/";
