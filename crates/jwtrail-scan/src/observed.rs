use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use jwtrail_event::Timestamp;

use crate::switch::Switch;

/// A record that a log source yielded, whatever its format was.
///
/// [`fields`](Self::fields) is flat, and its names are those of the audit event
/// ([`jwtrail_event::FIELD_NAMES`]) where a mapping knew them; nothing is dropped, so a field
/// that no mapping knew keeps its own name (`req.headers.host`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObservedRecord {
    /// The values by their names, as text; a list is joined with blanks, a null is left out.
    pub fields: BTreeMap<String, String>,
    /// The record as it came. It may hold a token: it is searched and never shown whole.
    pub raw: String,
    /// Where in the source it begins: bytes, or the number of the record.
    pub offset: u64,
    /// When we saw it.
    pub seen_at: Timestamp,
}

impl ObservedRecord {
    /// A record with nothing in it yet.
    #[must_use]
    pub const fn new(raw: String, offset: u64, seen_at: Timestamp) -> Self {
        Self {
            fields: BTreeMap::new(),
            raw,
            offset,
            seen_at,
        }
    }

    /// A record of these fields.
    #[cfg(test)]
    pub(crate) fn of_fields(raw: &str, fields: &[(&str, &str)]) -> Self {
        let mut record = Self::new(raw.to_owned(), 0, Timestamp::default());
        let fields = fields.iter();
        record.fields = fields
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        record
    }

    /// The value of a field, if the record has it and it is not empty.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Whether a text stands anywhere in the record: in a value, or in the record as it came.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.raw.contains(text) || self.fields.values().any(|value| value.contains(text))
    }
}

/// Neither values nor the raw text: they may hold tokens.
impl fmt::Debug for ObservedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedRecord")
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .field("offset", &self.offset)
            .field("seen_at", &self.seen_at)
            .finish_non_exhaustive()
    }
}

/// Where the records of a service come from.
pub trait LogSource: Send {
    /// What it is, for people: `the file audit.ndjson, from byte 4711`.
    fn description(&self) -> String;

    /// Every record that has come since the last call, all of them and in the order in which
    /// they came; none where nothing has come yet. It does not wait for more.
    fn poll(&mut self) -> Polled<'_>;

    /// What takes the source away from the service for a while; none where the scanner cannot do
    /// that.
    fn switches(&self) -> Vec<Switch> {
        Vec::new()
    }
}

/// What [`LogSource::poll`] gives.
pub type Polled<'s> =
    Pin<Box<dyn Future<Output = Result<Vec<ObservedRecord>, UnreadableLog>> + Send + 's>>;

/// A log that cannot be read. A scan ends with it: no record seen would look like none written.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {place}: {problem}")]
pub struct UnreadableLog {
    /// Which log.
    pub place: String,
    /// What is wrong with it.
    pub problem: String,
    /// What the system said.
    #[source]
    pub source: Option<std::io::Error>,
}

impl UnreadableLog {
    /// A log that cannot be read.
    #[must_use]
    pub const fn new(place: String, problem: String, source: Option<std::io::Error>) -> Self {
        Self {
            place,
            problem,
            source,
        }
    }
}
