use std::collections::{BTreeSet, HashSet};

use foldhash::quality::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Subjects whose tokens held, seen within the last day or two: what an unverified token claims
/// is compared with them. It belongs before the router: a key's shard does not see them all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct KnownSubjects {
    recent: Subjects,
    older: Subjects,
    turned: i64,
}

impl KnownSubjects {
    /// Learns a subject whose signature held, by its key's hash.
    pub(super) fn learn(&mut self, subject: Option<u128>, now: i64) {
        if now.saturating_sub(self.turned) >= TURN || self.recent.0.len() >= MAX_RECENT {
            self.older = std::mem::take(&mut self.recent);
            self.turned = now;
        }
        if let Some(subject) = subject {
            self.recent.0.insert(half(subject));
        }
    }

    /// When the older ones were let go for the last time.
    pub(super) const fn turned(&self) -> i64 {
        self.turned
    }

    /// Whether a snapshot can have it.
    pub(super) fn is_sound(&self) -> bool {
        self.recent.0.len() <= MAX_RECENT && self.older.0.len() <= MAX_RECENT
    }

    /// Whether a subject is one of them, by its key's hash.
    pub(super) fn knows(&self, subject: u128) -> bool {
        let subject = half(subject);
        self.recent.0.contains(&subject) || self.older.0.contains(&subject)
    }
}

/// Half of a subject's hash: a collision costs little here.
const fn half(hash: u128) -> u64 {
    (hash >> 64) as u64
}

/// Asked and added to with every event; in order only where it is written down.
#[derive(Clone, Debug, Default)]
struct Subjects(HashSet<u64, RandomState>);

impl Serialize for Subjects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ordered: BTreeSet<u64> = self.0.iter().copied().collect();
        ordered.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Subjects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(HashSet::deserialize(deserializer)?))
    }
}

/// A day in milliseconds.
const TURN: i64 = 86_400_000;
const MAX_RECENT: usize = 200_000;
