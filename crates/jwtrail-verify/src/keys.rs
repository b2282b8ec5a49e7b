use std::sync::Arc;

use arc_swap::ArcSwap;
use jwtrail_event::Reason;
use serde_json::Value;

use crate::{Algorithm, Key, KeySet};

/// The key sets of all issuers, each bound to its issuer, replaced as a whole.
pub(crate) struct Keys(ArcSwap<Snapshot>);

impl Keys {
    pub(crate) fn new(issuers: Vec<(Arc<str>, KeySet)>) -> Self {
        let issuers = issuers.into_iter().map(|(name, keys)| Issuer {
            name,
            keys,
            epoch: 0,
        });
        Self(ArcSwap::from_pointee(Snapshot {
            issuers: issuers.collect(),
        }))
    }

    pub(crate) fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.0.load()
    }

    pub(crate) fn replace(&self, issuer: &str, keys: &KeySet) -> Result<(), UnknownIssuer> {
        if !self
            .load()
            .issuers
            .iter()
            .any(|known| &*known.name == issuer)
        {
            return Err(UnknownIssuer {
                issuer: issuer.to_owned(),
            });
        }
        self.0.rcu(|old| {
            let issuers = old
                .issuers
                .iter()
                .map(|known| match &*known.name == issuer {
                    true => Issuer {
                        name: Arc::clone(&known.name),
                        keys: keys.clone(),
                        epoch: known.epoch.wrapping_add(1),
                    },
                    false => known.clone(),
                });
            Snapshot {
                issuers: issuers.collect(),
            }
        });
        Ok(())
    }
}

/// An issuer that the verifier was not built with.
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
}

#[derive(Clone)]
struct Issuer {
    name: Arc<str>,
    keys: KeySet,
    /// Grows with each replacement: what was verified under an older one is verified again.
    epoch: u64,
}

/// Under whose keys, and which of them, a token was verified.
#[derive(Clone, Copy)]
pub(crate) struct KeyEpoch {
    issuer: usize,
    epoch: u64,
}

impl Snapshot {
    /// Whether `alg` may name this algorithm: there is a key for it, or there may be one as
    /// soon as an issuer's set can be had. A set that is fetched has no secrets in it.
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.issuers.iter().any(|Issuer { keys, .. }| {
            keys.algorithms().contains(algorithm) || (keys.is_empty() && !algorithm.is_symmetric())
        })
    }

    /// Whether these keys are still in force.
    pub(crate) fn is_current(&self, keys: KeyEpoch) -> bool {
        self.issuers
            .get(keys.issuer)
            .is_some_and(|issuer| issuer.epoch == keys.epoch)
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
        iss: Option<&Value>,
    ) -> Result<(&Key, KeyEpoch), Reason> {
        let mut candidates = self
            .issuers
            .iter()
            .enumerate()
            .filter_map(|(index, issuer)| {
                let epoch = KeyEpoch {
                    issuer: index,
                    epoch: issuer.epoch,
                };
                Some((&issuer.name, issuer.keys.find(kid, algorithm)?, epoch))
            });
        let Some(claimed) = iss.and_then(Value::as_str) else {
            return match (candidates.next(), candidates.next()) {
                (Some((_, key, epoch)), None) => Ok((key, epoch)),
                (Some(_), Some(_)) => Err(Reason::BadIssuer),
                (None, _) if self.issuers.iter().any(|issuer| issuer.keys.is_empty()) => {
                    Err(Reason::KeyUnavailable)
                }
                (None, _) => Err(Reason::UnknownKey),
            };
        };
        let mut of_claimed = candidates.clone().filter(|(name, ..)| &***name == claimed);
        if let Some((_, key, epoch)) = of_claimed.next() {
            return Ok((key, epoch));
        }
        let own = self.issuers.iter().find(|issuer| &*issuer.name == claimed);
        if own.is_some_and(|issuer| issuer.keys.is_empty()) {
            return Err(Reason::KeyUnavailable);
        }
        // One of ours whose set lacks the key may have a new one: that another issuer has a key
        // that serves any `kid`, or none, says nothing. A `kid` that is the other's does.
        let others = match own {
            Some(_) => candidates.any(|(_, key, _)| kid.is_some() && key.kid() == kid),
            None => candidates.next().is_some(),
        };
        Err(match others {
            true => Reason::BadIssuer,
            false => Reason::UnknownKey,
        })
    }
}
