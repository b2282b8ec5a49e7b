use fjall::PersistMode;
use jwtrail_event::{Record, Timestamp};

use super::keyspaces::id_key;
use super::tail::TAIL_KEY;
use super::{Shared, fault};
use crate::{Entry, Field, Removed, Retention, StoreError};

impl Shared {
    pub(super) fn retain(&self, keep: Retention, now: Timestamp) -> Result<Removed, StoreError> {
        let mut tail = self.tail();
        let mut new = *tail;
        let mut removed = Removed::default();
        let keyspaces = &self.keyspaces;
        // If a crash undoes this, the next call does it again: no `fsync` of its own.
        let mut writes = keyspaces
            .database
            .batch()
            .durability(Some(PersistMode::Buffer));

        for row in keyspaces.events.range(tail.first.to_be_bytes()..) {
            let entry = self.row(row)?;
            let record = entry.record().ok();
            let large = keep.max_bytes.is_some_and(|most| new.bytes > most);
            if !large && !is_old(record.as_ref(), keep, now) {
                break;
            }
            if removed.events == MOST_PER_CALL {
                removed.more = true;
                break;
            }
            let position = entry.position().to_be_bytes();
            writes.remove(&keyspaces.events, position);
            if let Some(record) = &record {
                let producer = record.producer.as_ref().map_or("", |text| text.as_str());
                writes.remove(&keyspaces.ids, id_key(producer, record.event_id));
                for mut key in Field::keys(record) {
                    key.extend_from_slice(&position);
                    writes.remove(&keyspaces.index, key);
                }
            }
            take(&mut new, &mut removed, &entry);
        }
        if removed.events > 0 {
            writes.insert(&keyspaces.meta, TAIL_KEY, new.encode());
            writes
                .commit()
                .map_err(|error| fault::running(&self.path, error))?;
            *tail = new;
        }
        Ok(removed)
    }
}

fn take(tail: &mut super::Tail, removed: &mut Removed, entry: &Entry) {
    let bytes = entry.line().len() as u64;
    tail.first = entry.position() + 1;
    tail.events = tail.events.saturating_sub(1);
    tail.bytes = tail.bytes.saturating_sub(bytes);
    removed.events += 1;
    removed.bytes += bytes;
}

fn is_old(record: Option<&Record<'_>>, keep: Retention, now: Timestamp) -> bool {
    let (Some(record), Some(most)) = (record, keep.max_age) else {
        return false;
    };
    let arrived = record.received_at.unwrap_or(record.time);
    let most = i64::try_from(most.as_micros()).unwrap_or(i64::MAX);
    now.micros_since(arrived) > most
}

/// The log stands still meanwhile.
const MOST_PER_CALL: u64 = 1_000;
