//! What is to be delivered to outputs: rows that are written with the alert and removed once
//! the output has taken them. Each output has its own queue and its own task.

mod append;
mod bound;
mod deliver;
mod format;
mod notice;
mod queue;
mod signature;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jwtrail_store::{Scan, State, StoreError, Table};
use tokio::sync::Notify;

use crate::AlertOutput;
use crate::internal_events::{OutputOverflowed, OutputRecovered};
pub(crate) use deliver::deliver;
pub(crate) use notice::{Before, Notice, enqueue};
use queue::Queue;

/// An output, and what is known of it. Of mail there is one for each reader, so that one whom the
/// server refuses keeps nothing from the others.
pub(crate) struct Output {
    pub(crate) to: AlertOutput,
    queue: Queue,
    /// Below zero while what was delivered has not been counted yet.
    queued: AtomicI64,
    parked: AtomicU64,
    dropped: AtomicU64,
    /// Of these, those since it last worked.
    missed: AtomicU64,
    last_error: Mutex<Option<String>>,
    filled: Notify,
}

impl Output {
    /// The output's queues with what the last start left for them. What was refused then is tried
    /// again: the configuration may have been mended.
    pub(crate) fn load(to: &AlertOutput, state: &dyn State) -> Result<Vec<Self>, StoreError> {
        let queues = Queue::all(to);
        let moved = queue::settle(&to.name, &queues, state)?;
        if !moved.is_empty() {
            state.commit(moved)?;
        }
        let load = |queue: Queue| {
            let waiting = state.scan(&Scan {
                prefix: queue.prefix(),
                ..Scan::all(Table::Outbox)
            })?;
            Ok(Self {
                to: to.clone(),
                queue,
                queued: AtomicI64::new(signed(waiting.len())),
                parked: AtomicU64::new(0),
                dropped: AtomicU64::new(0),
                missed: AtomicU64::new(0),
                last_error: Mutex::new(None),
                filled: Notify::new(),
            })
        };
        queues.into_iter().map(load).collect()
    }

    /// Of mail the reader, as the configuration names it.
    pub(crate) fn reader(&self) -> Option<&str> {
        self.queue.reader()
    }

    pub(crate) fn queued(&self) -> u64 {
        let queued = self.queued.load(Ordering::Relaxed);
        queued.max(0).unsigned_abs()
    }

    /// How many notices it has refused for good since the start.
    pub(crate) fn parked(&self) -> u64 {
        self.parked.load(Ordering::Relaxed)
    }

    /// How many had to go since the start, for more waited than may.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        let last = self.last_error.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// So many notices were committed.
    pub(crate) fn added(&self, notices: usize) {
        if notices > 0 {
            self.queued.fetch_add(signed(notices), Ordering::Relaxed);
            self.filled.notify_one();
        }
    }

    /// So many do not wait any more.
    fn removed(&self, notices: usize) {
        self.queued.fetch_sub(signed(notices), Ordering::Relaxed);
    }

    /// So many will never be sent, for more are kept than may be.
    fn drop_oldest(&self, dropped: usize, most: u64) {
        if dropped == 0 {
            return;
        }
        let dropped = dropped as u64;
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
        // Once for all that follow, until it works.
        if self.missed.fetch_add(dropped, Ordering::Relaxed) == 0 {
            OutputOverflowed {
                output: &self.to.name,
                reader: self.reader(),
                most,
            }
            .emit();
        }
    }

    /// It took one: says so if it did not before, and how many it will never get.
    fn works(&self) {
        let failed = self.set_error(None);
        if failed || self.queued() == 0 {
            let dropped = self.missed.swap(0, Ordering::Relaxed);
            if failed || dropped > 0 {
                OutputRecovered {
                    output: &self.to.name,
                    reader: self.reader(),
                    dropped,
                }
                .emit();
            }
        }
    }

    /// Keeps what went wrong; whether something did before.
    fn set_error(&self, error: Option<String>) -> bool {
        let mut last = self
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, error).is_some()
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
