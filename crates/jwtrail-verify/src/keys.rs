mod issuer;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jwtrail_event::{Reason, Timestamp};

use crate::json::{Members, Value};
use crate::known_headers::{KnownHeader, KnownHeaders};
use crate::{Algorithm, Key, KeySet};
pub(crate) use issuer::Issuer;

/// The key sets of all issuers, each bound to its issuer, replaced as a whole.
pub(crate) struct Keys {
    snapshot: ArcSwap<Snapshot>,
    /// Of each issuer, so that nothing else has to be loaded for a token that is known.
    in_force: Box<[InForce]>,
    /// Held while keys change, so that no older ones are noted after newer ones.
    changing: Mutex<()>,
}

/// Which of an issuer's keys are in force, and until when.
struct InForce {
    epoch: AtomicU64,
    good_until: AtomicI64,
}

impl Keys {
    pub(crate) fn new(issuers: Vec<Issuer>) -> Self {
        let in_force = issuers.iter().map(|issuer| InForce {
            epoch: AtomicU64::new(issuer.epoch),
            good_until: AtomicI64::new(issuer.good_until.as_micros()),
        });
        Self {
            in_force: in_force.collect(),
            snapshot: ArcSwap::from_pointee(Snapshot::of(issuers)),
            changing: Mutex::new(()),
        }
    }

    pub(crate) fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Whether these keys are still in force.
    pub(crate) fn are_current(&self, keys: KeyEpoch, now: Timestamp) -> bool {
        self.in_force.get(keys.issuer).is_some_and(|in_force| {
            // The other way round than they are noted.
            now.as_micros() < in_force.good_until.load(Ordering::Acquire)
                && in_force.epoch.load(Ordering::Acquire) == keys.epoch
        })
    }

    pub(crate) fn replace(&self, issuer: &str, keys: &KeySet) -> Result<(), UnknownIssuer> {
        self.change(issuer, |known| known.replaced(keys, Timestamp::MAX))
    }

    /// Says whether the keys are others than before.
    pub(crate) fn renew(
        &self,
        issuer: &str,
        keys: &KeySet,
        good_until: Timestamp,
    ) -> Result<bool, UnknownIssuer> {
        let mut changed = false;
        self.change(issuer, |known| {
            changed = !known.keys.is_same_as(keys);
            match changed {
                true => known.replaced(keys, good_until),
                false => known.confirmed(good_until),
            }
        })?;
        Ok(changed)
    }

    fn change(
        &self,
        issuer: &str,
        mut change: impl FnMut(&Issuer) -> Issuer,
    ) -> Result<(), UnknownIssuer> {
        if self.load().find(issuer).is_none() {
            return Err(UnknownIssuer {
                issuer: issuer.to_owned(),
            });
        }
        // What is done under the lock is whole at every moment.
        let changing = self.changing.lock();
        let _changing = changing.unwrap_or_else(PoisonError::into_inner);
        let old = self.load();
        let issuers = old
            .issuers
            .iter()
            .map(|known| match &*known.name == issuer {
                true => change(known),
                false => known.clone(),
            });
        let new = Arc::new(Snapshot::of(issuers.collect()));
        self.snapshot.store(Arc::clone(&new));
        for (in_force, issuer) in self.in_force.iter().zip(&new.issuers) {
            // In this order, so that no older keys get the time of newer ones.
            in_force.epoch.store(issuer.epoch, Ordering::Release);
            let good_until = issuer.good_until.as_micros();
            in_force.good_until.store(good_until, Ordering::Release);
        }
        Ok(())
    }
}

/// An issuer that the verifier was not built with.
///
/// ```
/// use jwtrail_verify::{KeySet, Verifier};
///
/// fn replace(verifier: &Verifier, keys: KeySet) {
///     if let Err(unknown) = verifier.replace_keys("https://login.example", keys) {
///         assert_eq!(unknown.issuer, "https://login.example");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the issuer `{issuer}` is not one of the verifier's; name it when the verifier is built")]
#[non_exhaustive]
pub struct UnknownIssuer {
    /// The issuer that was named.
    pub issuer: String,
}

pub(crate) struct Snapshot {
    /// Always the same ones in the same order.
    issuers: Vec<Issuer>,
    headers: KnownHeaders,
}

/// Under whose keys, and which of them, a token was verified.
#[derive(Clone, Copy)]
pub(crate) struct KeyEpoch {
    issuer: usize,
    epoch: u64,
}

/// No key serves the token.
#[derive(Debug)]
pub(crate) struct NoKey {
    pub(crate) reason: Reason,
    pub(crate) missing: Option<MissingKey>,
}

/// A key that its issuer's set, as it was, lacked, and that a newer one may have.
#[derive(Clone, Debug)]
pub(crate) struct MissingKey {
    pub(crate) issuer: Arc<str>,
    revision: u64,
}

impl Snapshot {
    fn of(issuers: Vec<Issuer>) -> Self {
        Self {
            issuers,
            headers: KnownHeaders::default(),
        }
    }

    /// The header in this segment, if a token with the very same one held before.
    pub(crate) fn known_header(&self, segment: &str) -> Option<&KnownHeader> {
        self.headers.find(segment)
    }

    #[cfg(test)]
    pub(crate) fn known_headers(&self) -> usize {
        self.headers.len()
    }

    /// A token held, under these keys, that has this header.
    pub(crate) fn remember_header(&self, segment: &str, members: &Members<'_>, keys: KeyEpoch) {
        self.headers.remember(segment, members, keys.issuer);
    }

    /// Whether `alg` may name this algorithm: there is a key for it, or there may be one as
    /// soon as an issuer's set can be had. A set that is fetched has no secrets in it.
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.issuers.iter().any(|issuer| issuer.admits(algorithm))
    }

    /// Whether the issuer's keys were fetched again since this one was missing.
    pub(crate) fn is_newer_than(&self, missing: &MissingKey) -> bool {
        self.find(&missing.issuer)
            .is_some_and(|issuer| issuer.revision != missing.revision)
    }

    /// Whether the issuer's keys are fetched; none if it is not one of ours.
    pub(crate) fn is_remote(&self, issuer: &str) -> Option<bool> {
        self.find(issuer).map(|issuer| issuer.remote.is_some())
    }

    /// The key by `kid` and algorithm, out of the set of the issuer that the token names.
    ///
    /// The name only chooses among bound keys. A token that names no issuer, or none in words,
    /// still gets the key if there is only one; the claims step then refuses it, with the key's
    /// issuer's word for what it says.
    pub(crate) fn select(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        iss: Option<&Value<'_>>,
        now: Timestamp,
    ) -> Result<(&Key, KeyEpoch), NoKey> {
        let mut candidates = self
            .issuers
            .iter()
            .enumerate()
            .filter_map(|(index, issuer)| {
                let epoch = KeyEpoch {
                    issuer: index,
                    epoch: issuer.epoch,
                };
                Some((&issuer.name, issuer.key(kid, algorithm, now)?, epoch))
            });
        let Some(claimed) = iss.and_then(Value::as_str) else {
            return match (candidates.next(), candidates.next()) {
                (Some((_, key, epoch)), None) => Ok((key, epoch)),
                (Some(_), Some(_)) => Err(Reason::BadIssuer.into()),
                (None, _) if self.issuers.iter().any(|issuer| !issuer.has_keys(now)) => {
                    Err(Reason::KeyUnavailable.into())
                }
                (None, _) => Err(Reason::UnknownKey.into()),
            };
        };
        let mut of_claimed = candidates.clone().filter(|(name, ..)| &***name == claimed);
        if let Some((_, key, epoch)) = of_claimed.next() {
            return Ok((key, epoch));
        }
        let own = self.find(claimed);
        let missing = own
            .filter(|issuer| issuer.may_have(kid, algorithm))
            .map(|issuer| MissingKey {
                issuer: Arc::clone(&issuer.name),
                revision: issuer.revision,
            });
        if own.is_some_and(|issuer| !issuer.has_keys(now) && issuer.admits(algorithm)) {
            let reason = Reason::KeyUnavailable;
            return Err(NoKey { reason, missing });
        }
        // One of ours whose set lacks the key may have a new one: that another issuer has a key
        // that serves any `kid`, or none, says nothing. A `kid` that is the other's does.
        let others = match own {
            Some(_) => candidates.any(|(_, key, _)| kid.is_some() && key.kid() == kid),
            None => candidates.next().is_some(),
        };
        let reason = match others {
            true => Reason::BadIssuer,
            false => Reason::UnknownKey,
        };
        Err(NoKey { reason, missing })
    }

    fn find(&self, issuer: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|known| &*known.name == issuer)
    }
}

impl From<Reason> for NoKey {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            missing: None,
        }
    }
}
