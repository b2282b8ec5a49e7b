use std::fmt;
use std::hash::Hasher as _;
use std::sync::{Mutex, PoisonError};

use jwtrail_event::Timestamp;
use jwtrail_verify::Thumbprint;
use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::expiring::Expiring;
use super::name_hash::random_keys;
use crate::{Answer, StateError};

/// A memory of the DPoP proofs that were used, so that none is used twice (RFC 9449 section
/// 11.1).
///
/// Proofs that fail otherwise never come here: only the holder of a good token and of the key
/// that it is bound to can fill it.
/// The trait can be used as `dyn ProofStore`, for instance to share one memory among instances.
///
/// ```
/// use std::sync::Arc;
/// use jwtrail_session::{MemoryProofs, ProofStore};
/// let proofs: Arc<dyn ProofStore> = Arc::new(MemoryProofs::with_capacity(10_000));
/// ```
pub trait ProofStore: fmt::Debug + Send + Sync {
    /// Whether a password goes to it where anybody on the way can read it, as somebody wanted it:
    /// whoever uses it tells of that in the trail.
    fn is_plaintext(&self) -> bool {
        false
    }

    /// Notes the use of a proof and keeps it until a moment, at which the proof has expired.
    /// Noting and asking are one step: of two requests with one proof, one is the first.
    fn note<'a>(
        &'a self,
        proof: ProofId<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<ProofUse, StateError>>;
}

/// What tells DPoP proofs apart: the key that signed it, and its id.
///
/// ```
/// use jwtrail_session::ProofId;
/// use jwtrail_verify::Thumbprint;
/// let key = Thumbprint::of_certificate(b"");
/// assert_ne!(ProofId { key: &key, jti: "1" }, ProofId { key: &key, jti: "2" });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "RFC 9449 says what tells proofs apart"
)]
pub struct ProofId<'a> {
    /// The thumbprint of the key.
    pub key: &'a Thumbprint,
    /// `jti`.
    pub jti: &'a str,
}

/// Whether a proof was used before.
///
/// ```
/// use jwtrail_session::ProofUse;
/// let may_pass = |used| used == ProofUse::First;
/// assert!(!may_pass(ProofUse::Again));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it was or it was not")]
pub enum ProofUse {
    /// It was not.
    First,
    /// It was: somebody repeats what he has seen.
    Again,
}

/// Used proofs in the memory of this process. Another instance does not know them: where
/// several serve the same resource, a proof could be used once at each, unless they share a
/// `RedisProofs`.
///
/// It is bounded, at about 100 bytes for a proof, and never forgets one that could be used
/// again. When there is no room the use can't be noted, and whoever asked must refuse the
/// request: that is an outage and no replay. Each key's proofs stand in one of 64 parts, so that
/// a client that floods its part leaves the others alone.
///
/// ```
/// use futures_util::FutureExt as _;
/// use jwtrail_event::Timestamp;
/// use jwtrail_session::{MemoryProofs, ProofId, ProofStore, ProofUse};
/// use jwtrail_verify::Thumbprint;
///
/// let proofs = MemoryProofs::new();
/// let key = Thumbprint::of_certificate(b"or rather of the client's key");
/// let (now, later) = (Timestamp::from_seconds(0), Timestamp::from_seconds(60));
/// let note = || proofs.note(ProofId { key: &key, jti: "p-1" }, later, now);
/// # futures_util::FutureExt::now_or_never(async {
/// assert_eq!(note().await?, ProofUse::First);
/// assert_eq!(note().await?, ProofUse::Again);
/// # Ok::<(), jwtrail_session::StateError>(())
/// # }).unwrap().unwrap();
/// ```
pub struct MemoryProofs {
    capacity: usize,
    keys: (u64, u64),
    parts: [Mutex<Expiring<()>>; PARTS],
}

impl MemoryProofs {
    /// With room for half a million proofs: 8,000 requests a second, when each is kept for a
    /// minute.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(500_000)
    }

    /// With room for about so many proofs.
    #[must_use]
    pub fn with_capacity(proofs: usize) -> Self {
        let each = proofs.div_ceil(PARTS).max(1);
        Self {
            capacity: each * PARTS,
            keys: random_keys(),
            parts: std::array::from_fn(|_| Mutex::new(Expiring::new(each))),
        }
    }

    fn note_now(
        &self,
        proof: ProofId<'_>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<ProofUse, StateError> {
        let entry = self.hash(&[proof.key.as_bytes(), proof.jti.as_bytes()]);
        // No code of ours panics under the lock; and an entry is whole at every moment.
        let part = self.part(proof.key).lock();
        let mut part = part.unwrap_or_else(PoisonError::into_inner);
        if part.live(entry, now).is_some() {
            return Ok(ProofUse::Again);
        }
        let put = part.put(entry, (), until, now);
        put.map_err(|_| StateError::Full {
            what: "used proof",
            capacity: self.capacity,
        })?;
        Ok(ProofUse::First)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the remainder is below the number of parts"
    )]
    fn part(&self, key: &Thumbprint) -> &Mutex<Expiring<()>> {
        let hash = self.hash(&[key.as_bytes()]);
        &self.parts[(hash % PARTS as u128) as usize]
    }

    fn hash(&self, texts: &[&[u8]]) -> u128 {
        let mut hasher = SipHasher24::new_with_keys(self.keys.0, self.keys.1);
        for text in texts {
            hasher.write(text);
        }
        hasher.finish128().as_u128()
    }
}

impl Default for MemoryProofs {
    fn default() -> Self {
        Self::new()
    }
}

impl ProofStore for MemoryProofs {
    fn note<'a>(
        &'a self,
        proof: ProofId<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<ProofUse, StateError>> {
        Answer::Ready(self.note_now(proof, until, now))
    }
}

impl fmt::Debug for MemoryProofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryProofs")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

const PARTS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_used_once_until_it_has_expired() {
        let proofs = MemoryProofs::new();
        let key = key(1);
        let note = |jti, now| proofs.note_now(ProofId { key: &key, jti }, at(60), at(now));
        assert_eq!(note("a", 0).unwrap(), ProofUse::First);
        assert_eq!(note("a", 59).unwrap(), ProofUse::Again);
        assert_eq!(note("b", 59).unwrap(), ProofUse::First);
        // From here on the proof itself is refused.
        assert_eq!(note("a", 60).unwrap(), ProofUse::First);
    }

    #[test]
    fn the_same_id_of_another_key_is_another_proof() {
        let proofs = MemoryProofs::new();
        for number in 0..100 {
            let key = key(number);
            let proof = ProofId {
                key: &key,
                jti: "a",
            };
            let used = proofs.note_now(proof, at(60), at(0)).unwrap();
            assert_eq!(used, ProofUse::First);
        }
    }

    #[test]
    fn a_flood_is_refused_and_forgets_nothing() {
        let proofs = MemoryProofs::with_capacity(64 * 10);
        let flooding = key(0);
        let note = |key: &Thumbprint, number: u32, now| {
            let jti = number.to_string();
            proofs.note_now(ProofId { key, jti: &jti }, at(60), at(now))
        };
        for number in 0..10 {
            assert_eq!(note(&flooding, number, 0).unwrap(), ProofUse::First);
        }
        for number in 10..10_000 {
            let full = note(&flooding, number, 1);
            assert!(matches!(full, Err(StateError::Full { capacity: 640, .. })));
        }
        for number in 0..10 {
            assert_eq!(note(&flooding, number, 1).unwrap(), ProofUse::Again);
        }
        // Nearly all other clients go on.
        let served = (1..100).filter(|n| note(&key(*n), 0, 1).is_ok()).count();
        assert!(served > 80, "{served} of 99");
        assert_eq!(note(&flooding, 10_000, 60).unwrap(), ProofUse::First);
    }

    #[test]
    fn of_many_at_once_one_is_the_first() {
        let proofs = MemoryProofs::new();
        let key = key(1);
        let first = std::thread::scope(|scope| {
            let one = || {
                let proof = ProofId {
                    key: &key,
                    jti: "a",
                };
                proofs.note_now(proof, at(60), at(0)).unwrap() == ProofUse::First
            };
            let all: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
            let uses = all.into_iter().map(|thread| thread.join().unwrap());
            uses.filter(|first| *first).count()
        });
        assert_eq!(first, 1);
    }

    fn key(number: u32) -> Thumbprint {
        Thumbprint::of_certificate(&number.to_be_bytes())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }
}
