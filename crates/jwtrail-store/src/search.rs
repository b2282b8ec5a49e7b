use std::fmt;

use crate::{Entry, Field, StoreError};

/// The search over the log.
pub trait Search: Send + Sync + fmt::Debug {
    /// The newest entries that match, newest first, at most `limit` of them, older than the
    /// position `before` if it is given. What was acknowledged is found.
    ///
    /// # Errors
    /// When the store can't be read.
    fn find(&self, find: &Find, before: Option<u64>, limit: usize) -> Result<Page, StoreError>;

    /// The entry at a position, if it is still there.
    ///
    /// # Errors
    /// When the store can't be read.
    fn entry(&self, position: u64) -> Result<Option<Entry>, StoreError>;

    /// The position of the event that a producer sent under an id.
    ///
    /// # Errors
    /// When the store can't be read.
    fn position(
        &self,
        producer: &str,
        event_id: jwtrail_event::EventId,
    ) -> Result<Option<u64>, StoreError>;
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Find {
    /// Every event.
    All,
    /// Events that have this value in the field.
    By(Field, String),
}

/// One page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "implementations write it out")]
pub struct Page {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// What to pass as `before` for the next page, if there is one.
    pub next_before: Option<u64>,
}
