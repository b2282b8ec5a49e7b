#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::key::Key;
use super::quota::{Gcra, Quota, Wait};

/// What keys owe, in a fixed number of places.
///
/// A key has the places of one bucket, which nobody outside can choose. When all are taken by
/// keys that owe something, the one that owes least gives way, and only
/// - to a key that owes as much or more, so that at most one charge is ever forgotten, and
/// - if it is not over its limit.
///
/// Else the newcomer is let through without being kept, and counted.
#[derive(Debug)]
pub(super) struct Table {
    gcra: Gcra,
    shards: Box<[Mutex<Box<[Bucket]>>]>,
    /// After this moment no key is over its limit: what most requests look at only.
    closed_until: AtomicI64,
    untracked: AtomicU64,
}

type Bucket = [Place; WAYS];

/// A key's two halves, and what it owes, counted from the least moment on. All zeros is a free
/// place: so a table takes memory of the system as it fills.
type Place = [u64; 3];

impl Table {
    /// With room for about so many keys, and at least as many.
    pub(super) fn new(quota: Quota, capacity: usize) -> Self {
        let buckets = capacity.div_ceil(SHARDS * WAYS).max(1);
        let shard = || Mutex::new(vec![[FREE; WAYS]; buckets].into_boxed_slice());
        Self {
            gcra: Gcra::new(quota),
            shards: (0..SHARDS).map(|_| shard()).collect(),
            closed_until: AtomicI64::new(i64::MIN),
            untracked: AtomicU64::new(0),
        }
    }

    pub(super) fn costs(&self) -> (i64, i64) {
        self.gcra.costs()
    }

    /// Charges a key, unless it is over its limit.
    pub(super) fn charge(&self, key: Key, now: i64) -> Result<(), Wait> {
        let mut shard = self.shard(key);
        let place = place_of(bucket(&mut shard, key), key);
        let (kept, due) = read(*place);
        let own = kept == key;
        let next = self.gcra.charge(if own { due } else { i64::MIN }, now)?;
        if !own && !self.gives_way(due, next, now) {
            self.untracked.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        *place = taken(key, next);
        let until = self.gcra.closed_until(next);
        if until > now {
            self.closed_until.fetch_max(until, Ordering::Relaxed);
        }
        Ok(())
    }

    /// False when no key is over its limit.
    pub(super) fn may_be_closed(&self, now: i64) -> bool {
        self.closed_until.load(Ordering::Relaxed) > now
    }

    /// How long a key that is over its limit has to wait.
    pub(super) fn wait(&self, key: Key, now: i64) -> Option<Wait> {
        let mut shard = self.shard(key);
        let (kept, due) = read(*place_of(bucket(&mut shard, key), key));
        if kept != key {
            return None;
        }
        self.gcra.charge(due, now).err()
    }

    /// Takes one charge back.
    pub(super) fn refund(&self, key: Key) {
        let mut shard = self.shard(key);
        let place = place_of(bucket(&mut shard, key), key);
        let (kept, due) = read(*place);
        if kept == key {
            *place = taken(key, self.gcra.refund(due));
        }
    }

    /// How many charges were not kept for want of room.
    pub(super) fn untracked(&self) -> u64 {
        self.untracked.load(Ordering::Relaxed)
    }

    fn gives_way(&self, due: i64, newcomer: i64, now: i64) -> bool {
        due <= now || (due <= newcomer && self.gcra.closed_until(due) <= now)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the remainder is below the number of shards"
    )]
    fn shard(&self, key: Key) -> MutexGuard<'_, Box<[Bucket]>> {
        // No code of ours panics under the lock; and a place is whole at every moment.
        self.shards[(key.0 % SHARDS as u64) as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the remainder is below the number of buckets, of which there is one at least"
)]
fn bucket(shard: &mut [Bucket], key: Key) -> &mut Bucket {
    let index = key.1 % shard.len() as u64;
    &mut shard[index as usize]
}

/// The key's own place, or the one that owes least.
#[expect(
    clippy::indexing_slicing,
    reason = "both indexes come from the bucket itself"
)]
fn place_of(bucket: &mut Bucket, key: Key) -> &mut Place {
    let (mut least, mut owed) = (0, i64::MAX);
    for (index, place) in bucket.iter().enumerate() {
        let (kept, due) = read(*place);
        if kept == key {
            return &mut bucket[index];
        }
        if due < owed {
            (least, owed) = (index, due);
        }
    }
    &mut bucket[least]
}

fn read([first, second, due]: Place) -> (Key, i64) {
    (Key(first, second), i64::MIN.wrapping_add_unsigned(due))
}

fn taken(Key(first, second): Key, due: i64) -> Place {
    [first, second, due.wrapping_sub(i64::MIN).cast_unsigned()]
}

const FREE: Place = [0; 3];

/// Few, so that one is large enough for the allocator to take its zeros from the system.
const SHARDS: usize = 8;
const WAYS: usize = 8;
