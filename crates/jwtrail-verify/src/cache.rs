use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use siphasher::sip128::SipHasher24;

use crate::VerifiedToken;

/// The verified tokens, each under a MAC of its whole text. No token is kept, and none that
/// failed.
pub(crate) struct TokenCache {
    mac: SipHasher24,
    entries: Entries,
}

/// Where a token's entry stands: a 128-bit MAC under a key that nobody outside knows, so that
/// no two tokens can be made to collide.
#[derive(Clone, Copy)]
pub(crate) struct CacheKey(u128);

impl TokenCache {
    /// No cache at all for a capacity of 0.
    pub(crate) fn new(capacity: usize, key: &[u8; 16]) -> Option<Self> {
        (capacity > 0).then(|| Self {
            mac: SipHasher24::new_with_key(key),
            entries: Cache::with(
                capacity,
                capacity as u64,
                UnitWeighter,
                AlreadyHashed::default(),
                DefaultLifecycle::default(),
            ),
        })
    }

    pub(crate) fn key(&self, token: &str) -> CacheKey {
        CacheKey(self.mac.hash(token.as_bytes()).as_u128())
    }

    /// The token, if it was verified under this epoch's keys.
    pub(crate) fn find(&self, key: CacheKey, epoch: u64) -> Option<Arc<VerifiedToken>> {
        let entry = self.entries.get(&key.0)?;
        (entry.epoch == epoch).then_some(entry.token)
    }

    pub(crate) fn insert(&self, key: CacheKey, epoch: u64, token: Arc<VerifiedToken>) {
        self.entries.insert(key.0, Entry { epoch, token });
    }

    pub(crate) fn remove(&self, key: CacheKey) {
        self.entries.remove(&key.0);
    }
}

type Entries = Cache<u128, Entry, UnitWeighter, AlreadyHashed, DefaultLifecycle<u128, Entry>>;

#[derive(Clone)]
struct Entry {
    epoch: u64,
    token: Arc<VerifiedToken>,
}

/// The keys are MACs: half of one is as good a hash as any.
#[derive(Clone, Copy, Default)]
struct AlreadyHashed(u64);

impl BuildHasher for AlreadyHashed {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for AlreadyHashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, mac: u128) {
        #[expect(clippy::cast_possible_truncation, reason = "half of it is wanted")]
        let half = mac as u64;
        self.0 = half;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
