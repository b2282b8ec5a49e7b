use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::Entry;

/// What can be said of all of some entries when few of them are kept: for each way in which one
/// was vouched for, by its writer and in its service, the first in final order.
///
/// Whoever looks at these has seen each trust, producer, service, issuer and subject that there
/// was, so that nothing hides among many events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Witnesses(Option<BTreeMap<Way, Entry>>);

/// Who wrote it where, and the hash of what vouches for it.
type Way = (u64, u64);

impl Default for Witnesses {
    fn default() -> Self {
        Self(Some(BTreeMap::new()))
    }
}

impl Witnesses {
    /// Adds an entry; 0 is what nobody knows of.
    pub(super) fn add(&mut self, entry: Entry, vouched: u64) {
        let Some(witnesses) = self.0.as_mut().filter(|_| vouched != 0) else {
            return self.give_up();
        };
        let witness = witnesses.entry((entry.written(), vouched)).or_insert(entry);
        if entry.order() < witness.order() {
            *witness = entry;
        }
        if witnesses.len() > MOST {
            self.give_up();
        }
    }

    /// From now on nothing can be said of all.
    pub(super) fn give_up(&mut self) {
        self.0 = None;
    }

    /// None where they do not stand for all.
    pub(super) fn all(&self) -> Option<impl Iterator<Item = Entry>> {
        Some(self.0.as_ref()?.values().copied())
    }
}

/// An honest token is of one subject, and goes to the instances of a few services.
const MOST: usize = 128;
