use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::known::KnownSubjects;
use super::packed;
use super::sighting::Sighting;
use crate::hash::Hash;
use crate::rule::{Plan, Shape};
use crate::selection::Value;

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
    pub(super) fn order(&self) -> (i64, u64, u64, u128) {
        (self.time, self.producer, self.seq, self.event_id)
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// An entry with what its rule has to know of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) entry: Entry,
    pub(super) facts: Facts,
}

/// What a rule has to know of an event, values by their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Facts {
    /// That it was; and whether it claims a subject that we know.
    Event { known_subject: bool },
    /// The values that are counted.
    Values(Vec<u64>),
    /// Where a token came from.
    Source(Source),
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    #[serde(with = "packed::bits")]
    pub(super) address: u64,
    #[serde(with = "packed::bits")]
    pub(super) family: u64,
    #[serde(with = "packed::bits")]
    pub(super) trace: u64,
}

impl Facts {
    /// Whether they are what this rule has to know.
    pub(super) const fn fit(&self, plan: &Plan) -> bool {
        match plan.shape {
            Shape::EventCount { .. } => matches!(self, Self::Event { .. }),
            Shape::ValueCount { .. } | Shape::NewValueCount { .. } => {
                matches!(self, Self::Values(_))
            }
            Shape::Interleaved => matches!(self, Self::Source(_)),
        }
    }

    /// None where the record lacks what the rule needs.
    pub(super) fn of(plan: &Plan, seen: &mut Sighting<'_>, known: &KnownSubjects) -> Option<Self> {
        let record = seen.record;
        match plan.shape {
            Shape::EventCount { .. } => Some(Self::Event {
                known_subject: plan
                    .escalation
                    .as_ref()
                    .is_some_and(|e| e.known_subject && known.claimed_by(record)),
            }),
            Shape::ValueCount { field, .. } | Shape::NewValueCount { field, .. } => {
                let values = match field.value(record) {
                    Value::Text(text) if field.is_scopes() => {
                        text.split_ascii_whitespace().map(value).collect()
                    }
                    Value::Text(text) | Value::Name(text, _) => vec![value(text)],
                    Value::Integer(number) => vec![value(&number.to_string())],
                    Value::Flag(flag) => vec![value(if flag { "true" } else { "false" })],
                    Value::List(texts) => texts.iter().map(|t| value(t.as_str())).collect(),
                    Value::Absent => Vec::new(),
                };
                (!values.is_empty()).then_some(Self::Values(values))
            }
            Shape::Interleaved => seen.source().map(Self::Source),
        }
    }
}

/// A value's hash.
pub(super) fn value(text: &str) -> u64 {
    Hash::new("value").part(text).short()
}
