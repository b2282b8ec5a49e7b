mod commit;
mod fault;
mod head;
mod keyspaces;
mod open;
mod read;
mod retain;
mod rewrite;
mod search;
mod state;
mod tail;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jwtrail_event::Timestamp;

use crate::{Appending, Batch, Entry, Log, Removed, Retention, StoreError, Usage};
use head::Head;
use keyspaces::Keyspaces;
pub use rewrite::{Rewrite, Rewritten};
use tail::Tail;
use writer::Request;

/// A store in a directory of this machine.
///
/// Many appends at once share one `fsync`: a thread of its own takes what waits, commits it
/// as one batch, and acknowledges all of it. The directory belongs to one process at a time.
///
/// Dropping it ends what is under way and gives the directory free.
pub struct Embedded {
    shared: Arc<Shared>,
    sender: Option<SyncSender<Request>>,
    writer: Option<JoinHandle<()>>,
}

/// The limits of an [`Embedded`] store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write it with `..Options::default()`"
)]
pub struct Options {
    /// Bytes of blocks kept in memory. Default 64 MiB.
    pub cache_bytes: u64,
    /// Appends are refused while the disk has fewer bytes free. What readers make of the log
    /// can still be written then. Default 256 MiB.
    pub reserve_bytes: u64,
    /// The most bytes of lines in one batch. Default 8 MiB.
    pub max_batch_bytes: usize,
    /// The most appends that may wait. Default 256.
    pub max_waiting: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            reserve_bytes: 256 << 20,
            max_batch_bytes: 8 << 20,
            max_waiting: 256,
        }
    }
}

/// What the writer and the readers share.
struct Shared {
    path: PathBuf,
    options: Options,
    keyspaces: Keyspaces,
    /// Held by whoever changes the log: the writer or the retention.
    tail: Mutex<Tail>,
    head: Head,
    trouble: Mutex<Option<StoreError>>,
}

impl Shared {
    fn tail(&self) -> MutexGuard<'_, Tail> {
        // The tail is replaced whole after a commit, so a panic can't leave half of one.
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps how the last write ended, for those who ask how the store is.
    fn note(&self, error: Option<StoreError>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }
}

impl Log for Embedded {
    fn append(&self, batch: Batch) -> Appending {
        let options = &self.shared.options;
        if batch.bytes() > options.max_batch_bytes {
            return Appending::refused(StoreError::TooLarge {
                bytes: batch.bytes(),
                limit: options.max_batch_bytes,
            });
        }
        let (acknowledge, appending) = Appending::new();
        let request = Request { batch, acknowledge };
        match self.sender.as_ref().map(|sender| sender.try_send(request)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(refused))) => {
                refused.acknowledge.finish(Err(StoreError::Busy {
                    waiting: options.max_waiting,
                }));
            }
            // The request is dropped, and so the append says that the store is closed.
            Some(Err(TrySendError::Disconnected(_))) | None => {}
        }
        appending
    }

    fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.shared.read(after, limit)
    }

    fn head(&self) -> u64 {
        self.shared.head.position()
    }

    fn wait(&self, beyond: u64, at_most: Duration) -> u64 {
        self.shared.head.wait(beyond, at_most)
    }

    fn retain(&self, keep: Retention, now: Timestamp) -> Result<Removed, StoreError> {
        self.shared.retain(keep, now)
    }

    fn usage(&self) -> Usage {
        self.shared.tail().usage()
    }

    fn trouble(&self) -> Option<StoreError> {
        if self.writer.as_ref().is_none_or(JoinHandle::is_finished) {
            return Some(StoreError::Closed);
        }
        let trouble = self.shared.trouble.lock();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // Without a sender the writer ends after what it has.
        drop(self.sender.take());
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has dropped its acknowledgements: everyone was told.
            drop(writer.join());
        }
        self.shared.head.close();
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded")
            .field("path", &self.shared.path)
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}
