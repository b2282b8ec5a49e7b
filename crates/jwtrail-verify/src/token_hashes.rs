use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::VerifiedToken;

/// The hashes that somebody makes of tokens under a key of their own, each token's once: a token
/// that the cache knows brings them along.
///
/// A token has room for those of a few; whoever comes later makes them anew each time.
///
/// ```
/// use jwtrail_verify::{TokenHashes, VerifiedToken};
///
/// struct Counters {
///     hashes: TokenHashes,
/// }
///
/// impl Counters {
///     fn key(&self, token: &VerifiedToken, keyed_hash: fn(&str) -> u128) -> u128 {
///         let [subject, ..] = self.hashes.of(token, || [keyed_hash(token.sub()), 0, 0, 0]);
///         subject
///     }
/// }
/// ```
#[derive(Debug)]
pub struct TokenHashes {
    owner: u64,
}

impl TokenHashes {
    /// For somebody new.
    #[must_use]
    pub fn new() -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);
        Self {
            owner: OWNERS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// What `make` gives, or gave before for this token. It must always give the same.
    pub fn of(&self, token: &VerifiedToken, make: impl FnOnce() -> [u128; 4]) -> [u128; 4] {
        let Places(places) = token.places();
        for place in places {
            match place.get() {
                Some(kept) if kept.owner == self.owner => return kept.hashes,
                Some(_) => {}
                None => {
                    let owner = self.owner;
                    let hashes = make();
                    // Another thread may take the place first: then these are made again.
                    place.get_or_init(|| Kept { owner, hashes });
                    return hashes;
                }
            }
        }
        make()
    }
}

impl Default for TokenHashes {
    fn default() -> Self {
        Self::new()
    }
}

/// What a token keeps for others: limits, revocations, quarantine.
#[derive(Default)]
pub(crate) struct Places([OnceLock<Kept>; 3]);

struct Kept {
    owner: u64,
    hashes: [u128; 4],
}

/// Hashes 128-bit keys that are keyed hashes or random already.
///
/// ```
/// use std::collections::HashMap;
/// use jwtrail_verify::AlreadyHashed;
///
/// let mut seen: HashMap<u128, &str, AlreadyHashed> = HashMap::default();
/// seen.insert(7, "seven");
/// assert_eq!(seen.get(&7), Some(&"seven"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AlreadyHashed(u64);

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

    fn write_u128(&mut self, key: u128) {
        // Both halves, so that neither the fixed bits of a UUID nor those that chose a part of
        // a map before stand where the map looks.
        let (low, high) = (key as u64, (key >> 64) as u64);
        self.0 = high ^ low.rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use jwtrail_event::Timestamp;
    use jwtrail_forge::Forge;

    use super::*;
    use crate::{KeySet, Seed, Verifier};

    #[test]
    fn hashes_are_made_once_for_each_owner_while_there_is_room() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let forge = Forge::new(now);
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let builder = Verifier::builder().issuer(forge.issuer(), keys);
        let verifier = builder.audience(forge.audience()).build(Seed::new([7; 32]));
        let token = forge.token().sign();
        let token = verifier.unwrap().verify(token.expose(), now).unwrap().token;
        let owners = [(); 4].map(|()| TokenHashes::new());
        for (hashes, owner) in owners.iter().zip(1..) {
            assert_eq!(hashes.of(&token, || [owner; 4]), [owner; 4]);
        }
        for (hashes, owner) in owners.iter().zip(1..=3) {
            assert_eq!(hashes.of(&token, || [0; 4]), [owner; 4]);
        }
        assert_eq!(owners[3].of(&token, || [0; 4]), [0; 4]);
    }
}
