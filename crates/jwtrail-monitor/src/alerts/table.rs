use jwtrail_detect::{Alert, AlertId, AlertStatus};
use jwtrail_event::Timestamp;
use jwtrail_store::{Change, Scan, State, StoreError, Table};

use super::AlertRow;
use crate::board::Board;
use crate::responses;

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
    // What is part of another is found by it, and among all.
    if alert.status == AlertStatus::Open && alert.part_of.is_none() {
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
    let mut changes = Vec::new();
    let mut seen: Option<Vec<u8>> = None;
    // Open ones stay and are passed over, however many they are.
    while changes.len() / EACH < MOST_EVICTED {
        let rows = state.scan(&Scan {
            prefix: &[ALL],
            beyond: seen.as_deref(),
            limit: MOST_EVICTED,
            ..Scan::all(Table::AlertIndex)
        })?;
        let old: Vec<_> = rows.into_iter().map(|(key, _)| key).collect();
        let Some(last) = old.last().filter(|key| **key < end).cloned() else {
            evictable(
                state,
                old.into_iter().filter(|key| *key < end),
                &mut changes,
            )?;
            break;
        };
        evictable(state, old.into_iter(), &mut changes)?;
        seen = Some(last);
    }
    let evicted = changes.len() / EACH;
    if evicted > 0 {
        state.commit(changes)?;
    }
    Ok(evicted)
}

fn evictable(
    state: &dyn State,
    keys: impl Iterator<Item = Vec<u8>>,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    for key in keys {
        let open = key.get(1..).map(|rest| [&[OPEN][..], rest].concat());
        let is_open = match open {
            Some(open) => state.load(Table::AlertIndex, &open)?.is_some(),
            None => false,
        };
        if let Some(id) = indexed(&key)
            && !is_open
        {
            changes.push(Change::Remove(Table::Alert, id.to_vec()));
            changes.push(Change::Remove(Table::AlertIndex, key));
            changes.push(responses::forgotten(u128::from_be_bytes(id)));
        }
    }
    Ok(())
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
pub(crate) const OPEN: u8 = b'o';
const MOST_EVICTED: usize = 500;
/// Changes that forget one alert.
const EACH: usize = 3;

#[cfg(test)]
mod tests {
    use jwtrail_store::{Embedded, Options};

    use super::*;

    fn row(id: u32, second: i64, status: &str) -> AlertRow {
        let time = Timestamp::from_seconds(second);
        let alert = serde_json::json!({
            "id": format!("{id:032x}"), "settled_id": null, "rule": "r", "rule_version": "1",
            "title": "t", "description": "d", "severity": "high", "status": status,
            "key_class": "service", "key": { "class": "service", "display": "a", "service": "a" },
            "first_time": time, "last_time": time, "raised_at": time, "count": 1,
            "decisive_event_id": "e", "evidence": [], "services": [], "producer": "a",
            "response": "alert",
        });
        AlertRow {
            alert: serde_json::from_value(alert).unwrap(),
            raise_sent: true,
            resolution_sent: false,
            told: None,
        }
    }

    #[test]
    fn many_open_alerts_do_not_keep_the_resolved() {
        let directory = tempfile::tempdir().unwrap();
        let store = Embedded::open(directory.path(), Options::default()).unwrap();
        let mut changes = Vec::new();
        for id in 0..1_200 {
            write(&mut changes, &row(id, i64::from(id), "open"), None);
        }
        for id in 1_200..1_300 {
            write(&mut changes, &row(id, i64::from(id), "resolved"), None);
        }
        store.commit(changes).unwrap();
        assert_eq!(evict(&store, Timestamp::from_seconds(1_250)).unwrap(), 50);
        assert_eq!(evict(&store, Timestamp::from_seconds(1_250)).unwrap(), 0);
        assert_eq!(list(&store, true, 5_000).unwrap().len(), 1_200);
        assert_eq!(list(&store, false, 5_000).unwrap().len(), 1_250);
        let left = list(&store, false, 1).unwrap();
        assert_eq!(left[0].alert.id.as_u128(), 1_299);
    }
}
