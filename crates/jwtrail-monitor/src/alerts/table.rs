use jwtrail_detect::{Alert, AlertId, AlertStatus};
use jwtrail_event::Timestamp;
use jwtrail_store::{Change, Scan, State, StoreError, Table};

use super::AlertRow;
use crate::board::Board;

/// The alert of an id.
pub(crate) fn load(state: &dyn State, id: AlertId) -> Result<Option<AlertRow>, StoreError> {
    let row = state.load(Table::Alert, &id.as_u128().to_be_bytes())?;
    Ok(row.and_then(|row| serde_json::from_slice(&row).ok()))
}

/// Writes an alert and the ways to find it, in place of what it was before.
pub(crate) fn write(changes: &mut Vec<Change>, row: &AlertRow, before: Option<&AlertRow>) {
    let alert = &row.alert;
    let id = alert.id.as_u128().to_be_bytes().to_vec();
    if let Some(before) = before {
        for list in [ALL, OPEN] {
            changes.push(Change::Remove(
                Table::AlertIndex,
                index_key(list, &before.alert),
            ));
        }
    }
    changes.push(Change::Put(
        Table::AlertIndex,
        index_key(ALL, alert),
        Vec::new(),
    ));
    if alert.status == AlertStatus::Open {
        changes.push(Change::Put(
            Table::AlertIndex,
            index_key(OPEN, alert),
            Vec::new(),
        ));
    }
    // Text keys only: it always serializes.
    if let Ok(row) = serde_json::to_vec(row) {
        changes.push(Change::Put(Table::Alert, id, row));
    }
}

/// The newest alerts, newest first.
pub(crate) fn list(
    state: &dyn State,
    only_open: bool,
    limit: usize,
) -> Result<Vec<AlertRow>, StoreError> {
    let rows = state.scan(&Scan {
        prefix: &[if only_open { OPEN } else { ALL }],
        newest_first: true,
        limit,
        ..Scan::all(Table::AlertIndex)
    })?;
    let mut alerts = Vec::with_capacity(rows.len());
    for (key, _) in rows {
        if let Some(id) = indexed(&key)
            && let Some(row) = state.load(Table::Alert, &id)?
            && let Ok(row) = serde_json::from_slice(&row)
        {
            alerts.push(row);
        }
    }
    Ok(alerts)
}

/// Shows what the last start left.
pub(crate) fn load_board(state: &dyn State) -> Result<Board, StoreError> {
    let board = Board::default();
    for (_, row) in state.scan(&Scan::all(Table::Alert))? {
        if let Ok(row) = serde_json::from_slice::<AlertRow>(&row) {
            board.show(&row.alert, true);
        }
    }
    Ok(board)
}

/// Removes some of the alerts that were resolved and raised before a time; how many.
pub(crate) fn evict(state: &dyn State, before: Timestamp) -> Result<usize, StoreError> {
    let end = [&[ALL][..], &order(before)].concat();
    let rows = state.scan(&Scan {
        prefix: &[ALL],
        limit: MOST_EVICTED,
        ..Scan::all(Table::AlertIndex)
    })?;
    let mut changes = Vec::new();
    for (key, _) in rows.into_iter().take_while(|(key, _)| *key < end) {
        let Some(id) = indexed(&key) else { continue };
        let row = state.load(Table::Alert, &id)?;
        let row = row.and_then(|row| serde_json::from_slice::<AlertRow>(&row).ok());
        if row.is_none_or(|row| row.alert.status == AlertStatus::Resolved) {
            changes.push(Change::Remove(Table::Alert, id.to_vec()));
            changes.push(Change::Remove(Table::AlertIndex, key));
        }
    }
    let evicted = changes.len() / 2;
    if evicted > 0 {
        state.commit(changes)?;
    }
    Ok(evicted)
}

/// List, time of the raise, id.
fn index_key(list: u8, alert: &Alert) -> Vec<u8> {
    let id = alert.id.as_u128().to_be_bytes();
    [&[list][..], &order(alert.raised_at), &id].concat()
}

fn indexed(key: &[u8]) -> Option<[u8; 16]> {
    key.last_chunk().copied()
}

/// Bytes that sort like the time.
pub(crate) fn order(time: Timestamp) -> [u8; 8] {
    let micros = time.micros_since(Timestamp::MIN).max(0);
    micros.unsigned_abs().to_be_bytes()
}

const ALL: u8 = b'a';
const OPEN: u8 = b'o';
const MOST_EVICTED: usize = 500;
