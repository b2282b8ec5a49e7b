use std::collections::BTreeSet;

use jwtrail_event::{Record, Text, Trust};
use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// Subjects whose tokens held, seen within the last day or two: what an unverified token claims
/// is compared with them. It belongs before the router: a key's shard does not see them all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct KnownSubjects {
    recent: BTreeSet<u64>,
    older: BTreeSet<u64>,
    turned: i64,
}

impl KnownSubjects {
    /// Learns from a record whose signature held.
    pub(super) fn learn(&mut self, record: &Record<'_>, now: i64) {
        if now.saturating_sub(self.turned) >= TURN || self.recent.len() >= MAX_RECENT {
            self.older = std::mem::take(&mut self.recent);
            self.turned = now;
        }
        if record.trust != Trust::None
            && let Some(subject) = subject(record.token_iss.as_ref(), record.token_sub.as_ref())
        {
            self.recent.insert(subject);
        }
    }

    /// Whether a snapshot can have it.
    pub(super) fn is_sound(&self) -> bool {
        self.recent.len() <= MAX_RECENT && self.older.len() <= MAX_RECENT
    }

    /// Whether an unverified token claims one of them.
    pub(super) fn claimed_by(&self, record: &Record<'_>) -> bool {
        subject(record.claimed_iss.as_ref(), record.claimed_sub.as_ref())
            .is_some_and(|claim| self.recent.contains(&claim) || self.older.contains(&claim))
    }
}

fn subject(iss: Option<&Text<'_>>, sub: Option<&Text<'_>>) -> Option<u64> {
    let hash = Hash::new("subject").part(iss?.as_str()).part(sub?.as_str());
    Some(hash.short())
}

/// A day in milliseconds.
const TURN: i64 = 86_400_000;
const MAX_RECENT: usize = 200_000;
