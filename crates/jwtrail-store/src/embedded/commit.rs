use std::collections::HashMap;

use fjall::{OwnedWriteBatch, PersistMode};

use super::keyspaces::{id_key, position};
use super::tail::{TAIL_KEY, Tail};
use super::{Shared, fault};
use crate::batch::Pending;
use crate::{Batch, Placement, StoreError};

impl Shared {
    /// Appends batches as one commit with one `fsync`; placements for each batch.
    pub(super) fn commit_log(
        &self,
        batches: &mut Vec<Batch>,
    ) -> Result<Vec<Vec<Placement>>, StoreError> {
        self.check_space()?;
        let mut tail = self.tail();
        let mut group = Group {
            shared: self,
            writes: self
                .keyspaces
                .database
                .batch()
                .durability(Some(PersistMode::SyncAll)),
            tail: *tail,
            fresh: HashMap::new(),
        };
        let mut placed = Vec::with_capacity(batches.len());
        for batch in batches.drain(..) {
            let events = batch.events.into_iter();
            let placements: Result<Vec<_>, _> = events.map(|event| group.add(event)).collect();
            placed.push(placements?);
        }
        let Group {
            mut writes,
            tail: new,
            ..
        } = group;
        if new != *tail {
            writes.insert(&self.keyspaces.meta, TAIL_KEY, new.encode());
            writes
                .commit()
                .map_err(|error| fault::running(&self.path, error))?;
            *tail = new;
        }
        drop(tail);
        self.head.advance(new.usage().last);
        Ok(placed)
    }

    fn check_space(&self) -> Result<(), StoreError> {
        let reserve = self.options.reserve_bytes;
        match fault::free_bytes(&self.path) {
            Some(free) if free < reserve => Err(StoreError::Full {
                path: self.path.clone(),
                free,
                reserve,
            }),
            _ => Ok(()),
        }
    }
}

/// One commit in the making.
struct Group<'a> {
    shared: &'a Shared,
    writes: OwnedWriteBatch,
    tail: Tail,
    /// What this commit adds, which the database doesn't know yet.
    fresh: HashMap<Vec<u8>, u64>,
}

impl Group<'_> {
    fn add(&mut self, event: Pending) -> Result<Placement, StoreError> {
        let keyspaces = &self.shared.keyspaces;
        let id = id_key(&event.producer, event.event_id);
        if let Some(known) = self.fresh.get(&id) {
            return Ok(Placement::Duplicate(*known));
        }
        let known = keyspaces.ids.get(&id);
        let known = known.map_err(|error| fault::running(&self.shared.path, error))?;
        if let Some(known) = known.and_then(|bytes| position(&bytes)) {
            return Ok(Placement::Duplicate(known));
        }

        let place = self.tail.next;
        let place_bytes = place.to_be_bytes();
        self.tail.next += 1;
        self.tail.events += 1;
        self.tail.bytes += event.line.len() as u64;
        for mut key in event.keys {
            key.extend_from_slice(&place_bytes);
            self.writes.insert(&keyspaces.index, key, []);
        }
        self.writes
            .insert(&keyspaces.events, place_bytes, event.line);
        self.writes
            .insert(&keyspaces.ids, id.as_slice(), place_bytes);
        self.fresh.insert(id, place);
        Ok(Placement::New(place))
    }
}
