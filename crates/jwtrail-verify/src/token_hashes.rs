use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::VerifiedToken;

/// The hashes that somebody makes of tokens under a key of their own, each token's once: a token
/// that the cache knows brings them along.
///
/// A token has room for those of one; whoever comes later makes them anew each time.
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
///         let [subject, _] = self.hashes.of(token, || [keyed_hash(token.sub()), 0]);
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
    pub fn of(&self, token: &VerifiedToken, make: impl FnOnce() -> [u128; 2]) -> [u128; 2] {
        let owner = self.owner;
        match token.notes().hashes.get() {
            Some(kept) if kept.owner == owner => kept.hashes.map(join),
            Some(_) => make(),
            None => {
                let hashes = make();
                // Another thread may take the place first: then these are made again.
                token.notes().hashes.get_or_init(|| Kept {
                    owner,
                    hashes: hashes.map(split),
                });
                hashes
            }
        }
    }
}

impl Default for TokenHashes {
    fn default() -> Self {
        Self::new()
    }
}

/// The tokens against which somebody knows nothing. Asking again is one look at the token, until
/// there is something new to know.
///
/// What is known has a version, from 1 on, that is raised after each change. One that was read
/// before a search stands for no more than what the search could find. A token has room for the
/// notes of a few; whoever comes later searches each time.
///
/// ```
/// use jwtrail_verify::{ClearTokens, VerifiedToken};
///
/// fn is_held(clear: &ClearTokens, version: u64, token: &VerifiedToken, search: fn(&str) -> bool) -> bool {
///     if clear.has(token, version) {
///         return false;
///     }
///     let held = search(token.sub());
///     if !held {
///         clear.note(token, version);
///     }
///     held
/// }
/// ```
#[derive(Debug)]
pub struct ClearTokens {
    /// In the upper bits, where a version never reaches.
    owner: u64,
}

impl ClearTokens {
    /// For somebody new.
    #[must_use]
    pub fn new() -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(1);
        let owner = OWNERS.fetch_add(1, Ordering::Relaxed);
        Self {
            owner: owner.checked_mul(OWNER).unwrap_or(NOBODY),
        }
    }

    /// Whether the token was noted at this very version.
    #[must_use]
    pub fn has(&self, token: &VerifiedToken, version: u64) -> bool {
        let note = self.note_of(version);
        let mut notes = token.notes().clear.iter();
        note != NOBODY && notes.any(|kept| kept.load(Ordering::Relaxed) == note)
    }

    /// Notes that nothing is known against the token.
    pub fn note(&self, token: &VerifiedToken, version: u64) {
        let note = self.note_of(version);
        if note == NOBODY {
            return;
        }
        for kept in &token.notes().clear {
            let before = kept.load(Ordering::Relaxed);
            if (before == NOBODY || before / OWNER == note / OWNER)
                && kept
                    .compare_exchange(before, note, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                return;
            }
        }
    }

    fn note_of(&self, version: u64) -> u64 {
        match version < OWNER && self.owner != NOBODY {
            true => self.owner | version,
            false => NOBODY,
        }
    }
}

impl Default for ClearTokens {
    fn default() -> Self {
        Self::new()
    }
}

/// What a token keeps for others.
#[derive(Default)]
pub(crate) struct Notes {
    hashes: OnceLock<Kept>,
    clear: [AtomicU64; 3],
}

struct Kept {
    owner: u64,
    /// In halves, which fill no gaps before them.
    hashes: [[u64; 2]; 2],
}

const fn split(hash: u128) -> [u64; 2] {
    [(hash >> 64) as u64, hash as u64]
}

fn join([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// Owners count by this, versions by one.
const OWNER: u64 = 1 << 48;
/// No owner's note.
const NOBODY: u64 = 0;

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
    use std::sync::Arc;

    use jwtrail_event::Timestamp;
    use jwtrail_forge::Forge;

    use super::*;
    use crate::{KeySet, Seed, Verifier};

    #[test]
    fn hashes_are_made_once_for_who_came_first() {
        let token = token();
        let owners = [(); 2].map(|()| TokenHashes::new());
        assert_eq!(owners[0].of(&token, || [1, 2]), [1, 2]);
        assert_eq!(owners[1].of(&token, || [3, 4]), [3, 4]);
        assert_eq!(owners[0].of(&token, || [0, 0]), [1, 2]);
        assert_eq!(owners[1].of(&token, || [0, 0]), [0, 0]);
    }

    #[test]
    fn a_token_is_clear_for_its_owner_at_the_version_that_was_noted() {
        let token = token();
        let owners = [(); 4].map(|()| ClearTokens::new());
        assert!(!owners[0].has(&token, 1));
        for (owner, version) in owners.iter().zip(1..) {
            owner.note(&token, version);
        }
        let clear = |owner: usize, version| owners[owner].has(&token, version);
        assert!(clear(0, 1) && clear(1, 2) && clear(2, 3));
        assert!(!clear(0, 2) && !clear(1, 1) && !clear(2, 0));
        // There was no place left, so who came last searches each time.
        assert!(!clear(3, 4));
        owners[1].note(&token, 7);
        assert!(clear(1, 7) && !clear(1, 2) && clear(0, 1) && clear(2, 3));
    }

    #[test]
    fn no_version_reaches_into_an_owner() {
        let token = token();
        let [one, other] = [(); 2].map(|()| ClearTokens::new());
        let beyond = other.owner - one.owner + 1;
        one.note(&token, beyond);
        assert!(!one.has(&token, beyond) && !other.has(&token, 1));
        let nobody = ClearTokens { owner: NOBODY };
        nobody.note(&token, 1);
        assert!(!nobody.has(&token, 1));
    }

    fn token() -> Arc<VerifiedToken> {
        let now = Timestamp::from_seconds(1_800_000_000);
        let forge = Forge::new(now);
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let builder = Verifier::builder().issuer(forge.issuer(), keys);
        let verifier = builder.audience(forge.audience()).build(Seed::new([7; 32]));
        let token = forge.token().sign();
        verifier.unwrap().verify(token.expose(), now).unwrap().token
    }
}
