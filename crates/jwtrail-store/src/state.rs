use std::fmt;

use crate::StoreError;

/// What readers of the log keep: their position, what they made of the log up to there, what
/// they have yet to send. All changes of one commit hold, or none.
pub trait State: Send + Sync + fmt::Debug {
    /// Makes the changes, in order, durably and all at once.
    ///
    /// # Errors
    /// When the store can't be written; then nothing was changed.
    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError>;

    /// One value.
    ///
    /// # Errors
    /// When the store can't be read.
    fn load(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The rows of a table in the order of their keys, or against it.
    ///
    /// # Errors
    /// When the store can't be read.
    fn scan(&self, scan: &Scan<'_>) -> Result<Vec<Row>, StoreError>;
}

/// A row of state: its key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Where a row of state belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Table {
    /// Positions of readers.
    Reader,
    /// Snapshots of readers: few and large.
    Snapshot,
    /// Alerts.
    Alert,
    /// Ways to find alerts: by time, by status.
    AlertIndex,
    /// What is to be delivered to an output.
    Outbox,
    /// Counts per minute.
    Rollup,
    /// Producers and what they delivered.
    Producer,
    /// What an output has refused for good.
    Parked,
    /// Tokens that were revoked, until they would have ended.
    Revocation,
    /// Quarantines, and what is to be told of them.
    Quarantine,
    /// What rules are to do about alerts, and what became of it.
    Response,
    /// Sets of rules, and when each came into force.
    Rules,
}

impl Table {
    /// Every table, in the order of their rows on disk.
    pub const ALL: &'static [Self] = &[
        Self::Reader,
        Self::Snapshot,
        Self::Alert,
        Self::AlertIndex,
        Self::Outbox,
        Self::Rollup,
        Self::Producer,
        Self::Parked,
        Self::Revocation,
        Self::Quarantine,
        Self::Response,
        Self::Rules,
    ];

    /// Stands on disk: never change one.
    pub(crate) const fn tag(self) -> u8 {
        match self {
            Self::Reader => 1,
            Self::Snapshot => 2,
            Self::Alert => 3,
            Self::AlertIndex => 4,
            Self::Outbox => 5,
            Self::Rollup => 6,
            Self::Producer => 7,
            Self::Parked => 8,
            Self::Revocation => 9,
            Self::Quarantine => 10,
            Self::Response => 11,
            Self::Rules => 12,
        }
    }
}

/// One change of state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a row is written or removed")]
pub enum Change {
    /// Writes a row, over the one that is there.
    Put(Table, Vec<u8>, Vec<u8>),
    /// Removes a row if it is there.
    Remove(Table, Vec<u8>),
}

/// Which rows to read.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct Scan<'a> {
    /// The table.
    pub table: Table,
    /// Only keys that begin so.
    pub prefix: &'a [u8],
    /// Only keys after this one; before it, if the order is `newest_first`.
    pub beyond: Option<&'a [u8]>,
    /// From the greatest key down.
    pub newest_first: bool,
    /// At most so many rows.
    pub limit: usize,
}

impl<'a> Scan<'a> {
    /// All rows of a table, in the order of their keys.
    #[must_use]
    pub const fn all(table: Table) -> Self {
        Self {
            table,
            prefix: &[],
            beyond: None,
            newest_first: false,
            limit: usize::MAX,
        }
    }
}
