use std::sync::Arc;

use aws_lc_rs::aead::{AES_128_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use jwtrail_event::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::keys::{KeyEpoch, Keys};
use crate::{AlreadyHashed, VerifiedToken};

/// The verified tokens, each under a MAC of its whole text. No token is kept, and none that
/// failed.
///
/// Bounded by number and by memory: a token has a share of the memory, and one that needs more
/// takes the shares of others.
pub(crate) struct TokenCache {
    mac: LessSafeKey,
    entries: Entries,
}

/// Where a token's entry stands: a 128-bit MAC under a key that nobody outside knows, so that
/// no two tokens can be made to collide.
///
/// It is the tag of AES-GCM-SIV (RFC 8452) over nothing but the token: a universal hash, then
/// AES. Unlike other modes this one bears a nonce that is always the same.
#[derive(Clone, Copy)]
pub(crate) struct CacheKey(u128);

impl TokenCache {
    /// No cache at all for a capacity of 0.
    pub(crate) fn new(capacity: usize, key: &[u8; 16]) -> Option<Self> {
        // Only a key of another length is refused.
        let mac = LessSafeKey::new(UnboundKey::new(&AES_128_GCM_SIV, key).ok()?);
        (capacity > 0).then(|| Self {
            mac,
            entries: Cache::with(
                capacity,
                // A little more, since the cache keeps nothing that would fill it alone.
                capacity as u64 * SHARE + SHARE / 16,
                ByMemory,
                AlreadyHashed::default(),
                DefaultLifecycle::default(),
            ),
        })
    }

    /// None for what is too long for any MAC.
    pub(crate) fn key(&self, token: &[u8]) -> Option<CacheKey> {
        let (nonce, nothing) = (Nonce::assume_unique_for_key(NONCE), &mut []);
        let tag = self
            .mac
            .seal_in_place_separate_tag(nonce, Aad::from(token), nothing);
        let tag = tag.ok()?.as_ref().try_into().ok()?;
        Some(CacheKey(u128::from_le_bytes(tag)))
    }

    /// The token, if it was verified under keys that are still its issuer's.
    pub(crate) fn find(
        &self,
        key: CacheKey,
        keys: &Keys,
        now: Timestamp,
    ) -> Option<Arc<VerifiedToken>> {
        let entry = self.entries.get(&key.0)?;
        keys.are_current(entry.keys, now).then_some(entry.token)
    }

    pub(crate) fn insert(&self, key: CacheKey, keys: KeyEpoch, token: Arc<VerifiedToken>) {
        self.entries.insert(key.0, Entry { keys, token });
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn remove(&self, key: CacheKey) {
        self.entries.remove(&key.0);
    }
}

type Entries = Cache<u128, Entry, ByMemory, AlreadyHashed, DefaultLifecycle<u128, Entry>>;

#[derive(Clone)]
struct Entry {
    keys: KeyEpoch,
    token: Arc<VerifiedToken>,
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<u128, Entry> for ByMemory {
    fn weight(&self, _: &u128, entry: &Entry) -> u64 {
        (entry.token.memory() as u64).max(SHARE)
    }
}

const NONCE: [u8; 12] = [0; 12];
/// The memory of an ordinary token, in bytes.
const SHARE: u64 = 2048;
