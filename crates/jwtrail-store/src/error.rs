use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a store could not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full, or as full as it may become.
    #[error(
        "the disk that holds {path} has {free} bytes left and {reserve} must stay free; \
         free some space or keep less of the log"
    )]
    Full {
        /// The data directory.
        path: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that must stay free.
        reserve: u64,
    },
    /// More appends wait than may.
    #[error("{waiting} appends are waiting for the disk already; come again later")]
    Busy {
        /// The most that may wait.
        waiting: usize,
    },
    /// The batch is larger than a commit may be.
    #[error("the batch has {bytes} bytes, the limit is {limit}; split it")]
    TooLarge {
        /// The batch's bytes.
        bytes: usize,
        /// The most it may have.
        limit: usize,
    },
    /// Another process has the directory open.
    #[error("{path} is in use by another process; stop that one or choose another directory")]
    Locked {
        /// The data directory.
        path: PathBuf,
    },
    /// The directory can't be made, read or written.
    #[error(
        "{path} can't be used as a data directory: {source}; let this user read and write all of it"
    )]
    Unusable {
        /// The data directory.
        path: PathBuf,
        /// What the system said.
        source: Arc<std::io::Error>,
    },
    /// What stands on the disk is not what was written.
    #[error("the data in {path} is damaged ({problem}); restore it from a backup or move it away")]
    Corrupt {
        /// The data directory.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The data was written by a version that this one doesn't know.
    #[error(
        "the data in {path} has layout {found}, this version knows {known}; use a newer jwtrail"
    )]
    Layout {
        /// The data directory.
        path: PathBuf,
        /// The layout found.
        found: u64,
        /// The layout known.
        known: u64,
    },
    /// A write failed earlier; nothing is taken in until the store is opened again.
    #[error("an earlier write to {path} failed; look at the disk and start again")]
    Failed {
        /// The data directory.
        path: PathBuf,
    },
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// Reading or writing failed.
    #[error("the store in {path} failed: {source}")]
    Backend {
        /// The data directory.
        path: PathBuf,
        /// What failed.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody's doing but time.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Busy { .. })
    }
}
