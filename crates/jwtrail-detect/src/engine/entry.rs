use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::packed;

/// What is kept of an event: enough to order it and to name it as evidence.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Event time in milliseconds, not ahead of its arrival.
    pub(super) time: i64,
    /// Hash of the producer's name.
    #[serde(with = "packed::bits")]
    pub(super) producer: u64,
    pub(super) seq: u64,
    #[serde(with = "packed::bits")]
    pub(super) event_id: u128,
    pub(super) position: u64,
    /// Number of the service's name.
    pub(super) service: u32,
}

impl Entry {
    /// The final order: it does not depend on the order of arrival.
    pub(super) fn order(&self) -> Order {
        (self.time, self.producer, self.seq, self.event_id)
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// Time, producer, number, id.
pub(super) type Order = (i64, u64, u64, u128);

/// An entry with what its rule has to know of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) entry: Entry,
    pub(super) facts: Facts,
}
