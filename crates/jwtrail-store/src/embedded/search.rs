use fjall::Guard;
use jwtrail_event::EventId;

use super::keyspaces::{id_key, position};
use super::{Embedded, Shared, fault};
use crate::{Entry, Find, Page, Search, StoreError};

impl Search for Embedded {
    fn find(&self, find: &Find, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        match find {
            Find::All => self.shared.newest(before, limit),
            Find::By(field, value) => self.shared.indexed(&field.key(value), before, limit),
        }
    }

    fn entry(&self, position: u64) -> Result<Option<Entry>, StoreError> {
        self.shared.entry(position)
    }

    fn position(&self, producer: &str, event_id: EventId) -> Result<Option<u64>, StoreError> {
        let found = self.shared.keyspaces.ids.get(id_key(producer, event_id));
        let found = found.map_err(|error| fault::running(&self.shared.path, error))?;
        Ok(found.and_then(|bytes| position(&bytes)))
    }
}

impl Shared {
    fn newest(&self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        let end = before.unwrap_or(u64::MAX);
        let first = self.tail().first.min(end);
        let events = &self.keyspaces.events;
        let rows = events.range(first.to_be_bytes()..end.to_be_bytes()).rev();
        let mut entries = Vec::new();
        for row in rows.take(limit.saturating_add(1)) {
            entries.push(self.row(row)?);
        }
        Ok(page(entries, limit))
    }

    fn indexed(
        &self,
        prefix: &[u8],
        before: Option<u64>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let bound = |position: u64| {
            let mut key = prefix.to_vec();
            key.extend_from_slice(&position.to_be_bytes());
            key
        };
        let end = before.unwrap_or(u64::MAX);
        let rows = self.keyspaces.index.range(bound(0)..bound(end)).rev();
        let mut entries = Vec::new();
        for row in rows {
            let key = Guard::key(row).map_err(|error| fault::running(&self.path, error))?;
            // Retention may have taken the entry since the scan began.
            if let Some(place) = position(&key)
                && let Some(entry) = self.entry(place)?
            {
                entries.push(entry);
            }
            if entries.len() > limit {
                break;
            }
        }
        Ok(page(entries, limit))
    }

    fn entry(&self, position: u64) -> Result<Option<Entry>, StoreError> {
        let line = self.keyspaces.events.get(position.to_be_bytes());
        let line = line.map_err(|error| fault::running(&self.path, error))?;
        Ok(line.map(|line| Entry::from_slice(position, line)))
    }
}

/// A page out of what was found, one entry more than it may have if there is a next page.
fn page(mut entries: Vec<Entry>, limit: usize) -> Page {
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_before = entries.last().filter(|_| more).map(Entry::position);
    Page {
        entries,
        next_before,
    }
}
