//! What is to be delivered to outputs: rows that are written with the alert and removed once
//! the output has taken them. Each output has its own queue and its own task.

mod append;
mod deliver;
mod format;
mod notice;
mod queue;
mod signature;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jwtrail_store::{Scan, State, StoreError, Table};
use tokio::sync::Notify;

use crate::AlertOutput;
pub(crate) use deliver::deliver;
pub(crate) use notice::{Before, Notice, enqueue};
use queue::Queue;

/// An output, and what is known of it. Of mail there is one for each reader, so that one whom the
/// server refuses keeps nothing from the others.
pub(crate) struct Output {
    pub(crate) to: AlertOutput,
    queue: Queue,
    queued: AtomicU64,
    parked: AtomicU64,
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
                queued: AtomicU64::new(waiting.len() as u64),
                parked: AtomicU64::new(0),
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
        self.queued.load(Ordering::Relaxed)
    }

    /// How many notices it has refused for good since the start.
    pub(crate) fn parked(&self) -> u64 {
        self.parked.load(Ordering::Relaxed)
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        let last = self.last_error.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// So many notices were committed.
    pub(crate) fn added(&self, notices: usize) {
        if notices > 0 {
            self.queued.fetch_add(notices as u64, Ordering::Relaxed);
            self.filled.notify_one();
        }
    }

    /// One was delivered.
    fn removed(&self) {
        let less = |queued: u64| queued.checked_sub(1);
        let queued = &self.queued;
        // None left means that this one was never counted; the count is then right.
        queued
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .ok();
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
