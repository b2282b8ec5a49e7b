use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Observation;
use super::facts::Facts;
use super::packed;

/// What is kept of an event: enough to order it and to name it as evidence. There are many of
/// them, so it is 48 bytes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Event time in milliseconds, not ahead of its arrival.
    pub(super) time: i64,
    pub(super) seq: u64,
    pub(super) position: u64,
    /// The writer's hash, and the number of the service's name in the bits that it leaves.
    #[serde(with = "packed::bits")]
    written: u64,
    id: Halves,
}

/// An event's id; as one number it would have to lie at every sixteenth byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Halves(
    #[serde(with = "packed::bits")] u64,
    #[serde(with = "packed::bits")] u64,
);

impl Entry {
    /// An event of this writer, in its own time.
    pub(super) fn new(observation: &Observation<'_>, writer: u64, service: u32) -> Self {
        let record = observation.record;
        let id = record.event_id.as_u128();
        let mut entry = Self {
            time: record.time.as_millis(),
            seq: record.seq,
            position: observation.position,
            written: writer & WRITER,
            id: Halves((id >> 64) as u64, id as u64),
        };
        entry.name(service);
        entry
    }

    /// Gives its service's name another number.
    pub(super) fn name(&mut self, service: u32) {
        self.written = self.writer() | (u64::from(service) & !WRITER);
    }

    /// The same event, judged in another time.
    pub(super) const fn at(self, time: i64) -> Self {
        Self { time, ..self }
    }

    /// The same event by another way: what [`Entry::written`] and [`Entry::halves`] gave.
    pub(super) const fn again(
        (time, seq, position): (i64, u64, u64),
        written: u64,
        (high, low): (u64, u64),
    ) -> Self {
        Self {
            time,
            seq,
            position,
            written,
            id: Halves(high, low),
        }
    }

    /// Who wrote it, and the number of its service's name.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// The halves of the event's id, the higher one first.
    pub(super) const fn halves(&self) -> (u64, u64) {
        (self.id.0, self.id.1)
    }

    /// Hash of who wrote it.
    pub(super) const fn writer(&self) -> u64 {
        self.written & WRITER
    }

    /// Number of the service's name.
    pub(super) const fn service(&self) -> u32 {
        (self.written & !WRITER) as u32
    }

    pub(super) fn event_id(&self) -> u128 {
        (u128::from(self.id.0) << 64) | u128::from(self.id.1)
    }

    /// The final order: it does not depend on the order of arrival.
    pub(super) fn order(&self) -> Order {
        (self.time, self.writer(), self.seq, self.event_id())
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

/// The bits of a writer's hash. The others have room for the number of any service's name.
pub(super) const WRITER: u64 = !0xffff;

const _: () = assert!(size_of::<Entry>() == 48, "entries are small");
