use std::sync::Arc;

use jwtrail_event::Timestamp;

use crate::algorithm::AlgorithmSet;
use crate::key::MAX_KID;
use crate::{Algorithm, Key, KeySet};

/// An issuer with the keys that are bound to it.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) name: Arc<str>,
    pub(crate) keys: KeySet,
    /// What `alg` may say whatever keys are there, where they are fetched and change.
    pub(crate) remote: Option<AlgorithmSet>,
    /// From then on the keys count no more: they were fetched too long ago.
    pub(super) good_until: Timestamp,
    /// Grows when the keys change: what was verified under older ones is verified again.
    pub(super) epoch: u64,
    /// Grows whenever the keys are set, the same ones or others.
    pub(super) revision: u64,
}

impl Issuer {
    pub(crate) fn fixed(name: &str, keys: KeySet) -> Self {
        Self {
            name: name.into(),
            keys,
            remote: None,
            good_until: Timestamp::MAX,
            epoch: 0,
            revision: 0,
        }
    }

    pub(crate) fn remote(name: &str, algorithms: AlgorithmSet) -> Self {
        Self {
            remote: Some(algorithms),
            ..Self::fixed(name, KeySet::unavailable())
        }
    }

    /// With other keys.
    pub(super) fn replaced(&self, keys: &KeySet, good_until: Timestamp) -> Self {
        Self {
            keys: keys.clone(),
            epoch: self.epoch.wrapping_add(1),
            ..self.confirmed(good_until)
        }
    }

    /// With the same keys, for longer.
    pub(super) fn confirmed(&self, good_until: Timestamp) -> Self {
        Self {
            good_until,
            revision: self.revision.wrapping_add(1),
            ..self.clone()
        }
    }

    pub(super) fn admits(&self, algorithm: Algorithm) -> bool {
        match self.remote {
            Some(configured) => configured.contains(algorithm),
            None if self.keys.is_empty() => !algorithm.is_symmetric(),
            None => self.keys.algorithms().contains(algorithm),
        }
    }

    pub(super) fn has_keys(&self, now: Timestamp) -> bool {
        !self.keys.is_empty() && now < self.good_until
    }

    pub(super) fn key(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Option<&Key> {
        match self.has_keys(now) && self.admits(algorithm) {
            true => self.keys.find(kid, algorithm),
            false => None,
        }
    }

    /// Whether a set that is fetched now could have such a key.
    pub(super) fn may_have(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        let can_be = kid.is_none_or(|kid| (1..=MAX_KID).contains(&kid.len()));
        can_be && self.remote.is_some() && self.admits(algorithm)
    }
}
