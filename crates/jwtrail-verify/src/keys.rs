use std::sync::Arc;

use arc_swap::ArcSwap;
use jwtrail_event::Reason;
use serde_json::Value;

use crate::{Algorithm, Key, KeySet};

/// The key sets of all issuers, each bound to its issuer, replaced as a whole.
pub(crate) struct Keys(ArcSwap<Snapshot>);

impl Keys {
    pub(crate) fn new(issuers: Vec<(Arc<str>, KeySet)>) -> Self {
        Self(ArcSwap::from_pointee(Snapshot { epoch: 0, issuers }))
    }

    pub(crate) fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.0.load()
    }

    pub(crate) fn replace(&self, issuer: &str, keys: &KeySet) -> Result<(), UnknownIssuer> {
        if !self
            .load()
            .issuers
            .iter()
            .any(|(name, _)| &**name == issuer)
        {
            return Err(UnknownIssuer {
                issuer: issuer.to_owned(),
            });
        }
        self.0.rcu(|old| Snapshot {
            epoch: old.epoch.wrapping_add(1),
            issuers: old
                .issuers
                .iter()
                .map(|(name, set)| {
                    let set = if &**name == issuer { keys } else { set };
                    (Arc::clone(name), set.clone())
                })
                .collect(),
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
    /// Grows with each replacement: what was verified under an older one is verified again.
    pub(crate) epoch: u64,
    issuers: Vec<(Arc<str>, KeySet)>,
}

impl Snapshot {
    /// Whether `alg` may name this algorithm: there is a key for it, or there may be one as
    /// soon as an issuer's set can be had. A set that is fetched has no secrets in it.
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.issuers.iter().any(|(_, set)| {
            set.algorithms().contains(algorithm) || (set.is_empty() && !algorithm.is_symmetric())
        })
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
    ) -> Result<&Key, Reason> {
        let mut candidates = self
            .issuers
            .iter()
            .filter_map(|(name, set)| Some((name, set.find(kid, algorithm)?)));
        let Some(claimed) = iss.and_then(Value::as_str) else {
            return match (candidates.next(), candidates.next()) {
                (Some((_, key)), None) => Ok(key),
                (Some(_), Some(_)) => Err(Reason::BadIssuer),
                (None, _) if self.issuers.iter().any(|(_, set)| set.is_empty()) => {
                    Err(Reason::KeyUnavailable)
                }
                (None, _) => Err(Reason::UnknownKey),
            };
        };
        if let Some((_, key)) = candidates.clone().find(|(name, _)| &***name == claimed) {
            return Ok(key);
        }
        let own = self.issuers.iter().find(|(name, _)| &**name == claimed);
        if own.is_some_and(|(_, set)| set.is_empty()) {
            return Err(Reason::KeyUnavailable);
        }
        match candidates.next() {
            Some(_) => Err(Reason::BadIssuer),
            None => Err(Reason::UnknownKey),
        }
    }
}
