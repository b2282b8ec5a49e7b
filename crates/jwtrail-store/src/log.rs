use std::fmt;
use std::time::Duration;

use jwtrail_event::Timestamp;

use crate::{Appending, Batch, Entry, StoreError};

/// The durable log: what was acknowledged is there after any crash, in one order for all.
pub trait Log: Send + Sync + fmt::Debug {
    /// Takes a batch in. The returned future ends when it is durable.
    ///
    /// An event whose (producer, `event_id`) stands in the log already, or earlier in the
    /// batch, is not appended again; its placement says where it is.
    ///
    /// The future's error is [`StoreError::Full`] or [`StoreError::Busy`] where the sender
    /// should come again later, [`StoreError::TooLarge`] where the batch has to be split.
    fn append(&self, batch: Batch) -> Appending;

    /// The entries after a position, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// When the store can't be read.
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// The position of the last durable entry; 0 when there was none yet.
    fn head(&self) -> u64;

    /// Blocks until the log's head is beyond a position, the store closes, or the time is
    /// over; the head then.
    fn wait(&self, beyond: u64, at_most: Duration) -> u64;

    /// Removes the oldest entries that are too many or too old, and everything that leads to
    /// them. Each call removes a bounded number; `Removed::more` asks for another.
    ///
    /// # Errors
    /// When the store can't be read or written.
    fn retain(&self, keep: Retention, now: Timestamp) -> Result<Removed, StoreError>;

    /// How large the log is.
    fn usage(&self) -> Usage;

    /// Why the last append failed, or what failed since; `None` while all is well.
    fn trouble(&self) -> Option<StoreError>;
}

/// How much of the log is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct Retention {
    /// At most so many bytes of lines.
    pub max_bytes: Option<u64>,
    /// Nothing that arrived longer ago than this.
    pub max_age: Option<Duration>,
}

/// What a call of [`Log::retain`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "implementations write it out")]
pub struct Removed {
    /// Entries.
    pub events: u64,
    /// Bytes of their lines.
    pub bytes: u64,
    /// Whether there is more to remove.
    pub more: bool,
}

/// How large a log is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "implementations write it out")]
pub struct Usage {
    /// Entries in the log.
    pub events: u64,
    /// Bytes of their lines.
    pub bytes: u64,
    /// The position of the oldest entry; one above the head when there is none.
    pub first: u64,
    /// The position of the newest entry, 0 when there was none yet.
    pub last: u64,
}
