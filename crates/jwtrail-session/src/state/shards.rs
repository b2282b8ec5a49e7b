use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::expiring::Expiring;
use crate::StateError;

/// A map in parts, so that no lock is everybody's.
#[derive(Debug)]
pub(super) struct Shards<V> {
    what: &'static str,
    capacity: usize,
    parts: [RwLock<Expiring<V>>; SHARDS],
}

impl<V> Shards<V> {
    pub(super) fn new(what: &'static str, capacity: usize) -> Self {
        let each = capacity.div_ceil(SHARDS).max(1);
        Self {
            what,
            capacity: each * SHARDS,
            parts: std::array::from_fn(|_| RwLock::new(Expiring::new(each))),
        }
    }

    pub(super) fn full(&self) -> StateError {
        StateError::Full {
            what: self.what,
            capacity: self.capacity,
        }
    }

    pub(super) fn read(&self, key: u128) -> RwLockReadGuard<'_, Expiring<V>> {
        // No code of ours panics under a lock; and an entry is whole at every moment.
        self.part(key)
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self, key: u128) -> RwLockWriteGuard<'_, Expiring<V>> {
        self.part(key)
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the remainder is below the number of shards"
    )]
    fn part(&self, key: u128) -> &RwLock<Expiring<V>> {
        &self.parts[(key % SHARDS as u128) as usize]
    }
}

const SHARDS: usize = 16;
