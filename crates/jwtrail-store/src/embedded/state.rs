use std::ops::Bound;

use fjall::PersistMode;

use super::{Embedded, fault};
use crate::{Change, Row, Scan, State, StoreError, Table};

impl State for Embedded {
    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let keyspaces = &self.shared.keyspaces;
        let batch = keyspaces.database.batch();
        let mut writes = batch.durability(Some(PersistMode::SyncAll));
        for change in changes {
            match change {
                Change::Put(table, key, value) => {
                    writes.insert(keyspaces.of(table), row_key(table, &key), value);
                }
                Change::Remove(table, key) => {
                    writes.remove(keyspaces.of(table), row_key(table, &key));
                }
            }
        }
        writes.commit().map_err(|error| {
            let error = fault::running(&self.shared.path, error);
            // A later append says whether it has passed.
            self.shared.note(Some(error.clone()));
            error
        })
    }

    fn load(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.shared.keyspaces.of(table).get(row_key(table, key));
        let row = row.map_err(|error| fault::running(&self.shared.path, error))?;
        Ok(row.map(|value| value.to_vec()))
    }

    fn scan(&self, scan: &Scan<'_>) -> Result<Vec<Row>, StoreError> {
        let prefix = row_key(scan.table, scan.prefix);
        let beyond = scan.beyond.map(|key| row_key(scan.table, key));
        let mut start = Bound::Included(prefix.clone());
        let mut end = after_prefix(&prefix).map_or(Bound::Unbounded, Bound::Excluded);
        if let Some(beyond) = beyond {
            if scan.newest_first {
                end = nearer(end, beyond);
            } else if beyond >= prefix {
                start = Bound::Excluded(beyond);
            }
        }
        if is_empty(&start, &end) {
            return Ok(Vec::new());
        }
        let rows = self.shared.keyspaces.of(scan.table).range((start, end));
        let rows: Box<dyn Iterator<Item = fjall::Guard>> = if scan.newest_first {
            Box::new(rows.rev())
        } else {
            Box::new(rows)
        };
        let read = |row: fjall::Guard| {
            let row = row.into_inner();
            let (key, value) = row.map_err(|error| fault::running(&self.shared.path, error))?;
            let key = key.get(1..).unwrap_or_default().to_vec();
            Ok((key, value.to_vec()))
        };
        rows.take(scan.limit).map(read).collect()
    }
}

fn row_key(table: Table, key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(1 + key.len());
    row.push(table.tag());
    row.extend_from_slice(key);
    row
}

/// The lesser of two ends.
fn nearer(end: Bound<Vec<u8>>, key: Vec<u8>) -> Bound<Vec<u8>> {
    match end {
        Bound::Excluded(end) if end < key => Bound::Excluded(end),
        _ => Bound::Excluded(key),
    }
}

/// The engine panics at a range whose end comes before its start.
fn is_empty(start: &Bound<Vec<u8>>, end: &Bound<Vec<u8>>) -> bool {
    match (start, end) {
        (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end)) => end <= start,
        _ => false,
    }
}

/// The least key that is greater than every key with the prefix.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut after = prefix.to_vec();
    while let Some(last) = after.pop() {
        if let Some(next) = last.checked_add(1) {
            after.push(next);
            return Some(after);
        }
    }
    None
}
