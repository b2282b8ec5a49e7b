//! The simplest store that keeps the contract, in memory: the oracle for the others.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use jwtrail_event::{EventId, Timestamp};
use jwtrail_store::{
    Appending, Batch, Change, Entry, Find, Log, Page, Placement, Removed, Retention, Row, Scan,
    Search, State, StoreError, Table, Usage,
};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
pub(crate) struct Model {
    inner: Mutex<Inner>,
    grew: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    events: BTreeMap<u64, Vec<u8>>,
    ids: BTreeMap<(String, EventId), u64>,
    last: u64,
    rows: Vec<(Table, Rows)>,
}

impl Inner {
    fn table(&mut self, table: Table) -> &mut Rows {
        let at = self.rows.iter().position(|(name, _)| *name == table);
        let at = at.unwrap_or_else(|| {
            self.rows.push((table, BTreeMap::new()));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }

    fn bytes(&self) -> u64 {
        self.events.values().map(|line| line.len() as u64).sum()
    }
}

impl Log for Model {
    fn append(&self, batch: Batch) -> Appending {
        let mut inner = self.inner.lock().unwrap();
        let mut placements = Vec::new();
        for (producer, event_id, line) in batch.events() {
            let id = (producer.to_owned(), event_id);
            if let Some(known) = inner.ids.get(&id) {
                placements.push(Placement::Duplicate(*known));
                continue;
            }
            inner.last += 1;
            let position = inner.last;
            inner.events.insert(position, line.to_vec());
            inner.ids.insert(id, position);
            placements.push(Placement::New(position));
        }
        self.grew.notify_all();
        let (acknowledge, appending) = Appending::new();
        acknowledge.finish(Ok(placements));
        appending
    }

    fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let inner = self.inner.lock().unwrap();
        let rows = inner.events.range(after + 1..).take(limit);
        Ok(rows.map(|(at, line)| Entry::new(*at, line)).collect())
    }

    fn head(&self) -> u64 {
        self.inner.lock().unwrap().last
    }

    fn wait(&self, beyond: u64, at_most: Duration) -> u64 {
        let inner = self.inner.lock().unwrap();
        let idle = |inner: &mut Inner| inner.last <= beyond;
        let waited = self.grew.wait_timeout_while(inner, at_most, idle);
        waited.unwrap().0.last
    }

    fn retain(&self, keep: Retention, now: Timestamp) -> Result<Removed, StoreError> {
        let mut inner = self.inner.lock().unwrap();
        let mut removed = Removed::default();
        while let Some((at, line)) = inner.events.first_key_value() {
            let entry = Entry::new(*at, line);
            let record = entry.record().unwrap();
            let age = now.micros_since(record.received_at.unwrap());
            let old = |most: Duration| age > i64::try_from(most.as_micros()).unwrap();
            let large = keep.max_bytes.is_some_and(|most| inner.bytes() > most);
            if !large && !keep.max_age.is_some_and(old) {
                break;
            }
            let producer = record.producer.as_ref().unwrap().as_str().to_owned();
            let id = (producer, record.event_id);
            removed.events += 1;
            removed.bytes += entry.line().len() as u64;
            inner.ids.remove(&id);
            inner.events.pop_first();
        }
        Ok(removed)
    }

    fn usage(&self) -> Usage {
        let inner = self.inner.lock().unwrap();
        let first = inner.events.first_key_value().map(|(at, _)| *at);
        Usage {
            events: inner.events.len() as u64,
            bytes: inner.bytes(),
            first: first.unwrap_or(inner.last + 1),
            last: inner.last,
        }
    }

    fn trouble(&self) -> Option<StoreError> {
        None
    }
}

impl Search for Model {
    fn find(&self, find: &Find, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        let inner = self.inner.lock().unwrap();
        let rows = inner.events.range(..before.unwrap_or(u64::MAX)).rev();
        let entries = rows.map(|(at, line)| Entry::new(*at, line));
        let mut entries: Vec<_> = entries
            .filter(|entry| match find {
                Find::By(field, value) => {
                    field.values(&entry.record().unwrap()).contains(&&**value)
                }
                _ => true,
            })
            .take(limit + 1)
            .collect();
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next_before = entries.last().filter(|_| more).map(Entry::position);
        Ok(Page {
            entries,
            next_before,
        })
    }

    fn entry(&self, position: u64) -> Result<Option<Entry>, StoreError> {
        let inner = self.inner.lock().unwrap();
        let line = inner.events.get(&position);
        Ok(line.map(|line| Entry::new(position, line)))
    }

    fn position(&self, producer: &str, event_id: EventId) -> Result<Option<u64>, StoreError> {
        let inner = self.inner.lock().unwrap();
        Ok(inner.ids.get(&(producer.to_owned(), event_id)).copied())
    }
}

impl State for Model {
    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut inner = self.inner.lock().unwrap();
        for change in changes {
            match change {
                Change::Put(table, key, value) => drop(inner.table(table).insert(key, value)),
                Change::Remove(table, key) => drop(inner.table(table).remove(&key)),
            }
        }
        Ok(())
    }

    fn load(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.inner.lock().unwrap().table(table).get(key).cloned())
    }

    fn scan(&self, scan: &Scan<'_>) -> Result<Vec<Row>, StoreError> {
        let mut inner = self.inner.lock().unwrap();
        let rows = inner.table(scan.table).clone().into_iter();
        let mut rows: Vec<_> = rows
            .filter(|(key, _)| key.starts_with(scan.prefix))
            .filter(|(key, _)| match scan.beyond {
                Some(beyond) if scan.newest_first => &**key < beyond,
                Some(beyond) => &**key > beyond,
                None => true,
            })
            .collect();
        if scan.newest_first {
            rows.reverse();
        }
        rows.truncate(scan.limit);
        Ok(rows)
    }
}
