use super::keyspaces::position;
use super::{Shared, fault};
use crate::{Entry, StoreError};

impl Shared {
    pub(super) fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        // Beginning at the first entry keeps the scan off what retention removed.
        let from = after.saturating_add(1).max(self.tail().first);
        let rows = self.keyspaces.events.range(from.to_be_bytes()..);
        rows.take(limit).map(|row| self.row(row)).collect()
    }

    pub(super) fn row(&self, row: fjall::Guard) -> Result<Entry, StoreError> {
        let read = row.into_inner();
        let (key, line) = read.map_err(|error| fault::running(&self.path, error))?;
        let position = position(&key).ok_or_else(|| StoreError::Corrupt {
            path: self.path.clone(),
            problem: "an entry without a position".to_owned(),
        })?;
        Ok(Entry::from_slice(position, line))
    }
}
