use jwtrail_event::{Record, Text};

use super::digest::Hashes;
use super::facts::hashed;
use crate::KeyClass;
use crate::hash::Hash;
use crate::key::{Parts, extract};
use crate::selection::Field;

/// One record on its way through the rules: what several of them ask is worked out once.
#[derive(Debug)]
pub(super) struct Sighting<'r> {
    pub(super) record: &'r Record<'r>,
    hashes: &'r mut Hashes,
    keys: [Worked<(Parts<'r>, u128)>; KeyClass::ALL.len()],
    /// The values that several rules ask for.
    shared: [Option<(Field, Option<u64>)>; SHARED],
    vouched: Option<u64>,
}

/// Nothing before it was asked for.
type Worked<T> = Option<Option<T>>;

impl<'r> Sighting<'r> {
    pub(super) const fn new(record: &'r Record<'r>, hashes: &'r mut Hashes) -> Self {
        Self {
            record,
            hashes,
            keys: [None; KeyClass::ALL.len()],
            shared: [None; SHARED],
            vouched: None,
        }
    }

    /// The record's key of a class and the key's hash.
    pub(super) fn key(&mut self, class: KeyClass) -> Option<(Parts<'r>, u128)> {
        let (record, hashes) = (self.record, &mut *self.hashes);
        let mut work = || extract(class, record).map(|parts| (parts, hashes.of(&parts)));
        match self.keys.get_mut(class as usize) {
            Some(known) => *known.get_or_insert_with(work),
            None => work(),
        }
    }

    /// The hash of a field's value, if it has one.
    pub(super) fn value(&mut self, field: Field) -> Option<u64> {
        let work = || hashed(&field.value(self.record));
        if !field.is_shared() {
            return work();
        }
        let known = self.shared.iter().flatten();
        if let Some((_, value)) = known.into_iter().find(|(known, _)| *known == field) {
            return *value;
        }
        let value = work();
        if let Some(free) = self.shared.iter_mut().find(|place| place.is_none()) {
            *free = Some((field, value));
        }
        value
    }

    /// The hash of what vouches for the record, and for whom: two records have the same one only
    /// if they agree in their trust, their token's issuer and its subject.
    pub(super) fn vouched(&mut self) -> u64 {
        let record = self.record;
        *self.vouched.get_or_insert_with(|| {
            Hash::new("vouched")
                .bytes(&[record.trust as u8])
                .part(record.token_iss.as_ref().map_or("", Text::as_str))
                .part(record.token_sub.as_ref().map_or("", Text::as_str))
                .short()
                .max(1)
        })
    }

    /// The trace that the record belongs to.
    pub(super) fn trace(&self) -> u64 {
        trace(self.record)
    }
}

/// A record's trace. Whoever wants two traces to be taken for one can send the same twice, so a
/// few of its bits are enough.
pub(super) fn trace(record: &Record<'_>) -> u64 {
    let bits = record.trace_id.as_bits();
    let (low, high) = (bits as u64, (bits >> 64) as u64);
    (low ^ high.rotate_left(23))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(32)
}

/// How many fields are shared.
const SHARED: usize = 3;
