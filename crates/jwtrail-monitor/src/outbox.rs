//! What is to be delivered to outputs: rows that are written with the alert and removed once
//! the output has taken them. Each output has its own queue and its own task.

mod append;
mod deliver;
mod format;
mod notice;
mod signature;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jwtrail_store::{Change, Scan, State, StoreError, Table};
use tokio::sync::Notify;

use crate::AlertOutput;
pub(crate) use deliver::deliver;
pub(crate) use notice::{Before, Notice, enqueue};

/// An output, and what is known of it.
pub(crate) struct Output {
    pub(crate) to: AlertOutput,
    queued: AtomicU64,
    parked: AtomicU64,
    last_error: Mutex<Option<String>>,
    filled: Notify,
}

impl Output {
    /// The output with what the last start left for it. What it refused then is tried again:
    /// the configuration may have been mended.
    pub(crate) fn load(to: AlertOutput, state: &dyn State) -> Result<Self, StoreError> {
        let prefix = prefix(&to.name);
        let parked = state.scan(&Scan {
            prefix: &prefix,
            ..Scan::all(Table::Parked)
        })?;
        if !parked.is_empty() {
            let moved = parked.into_iter().flat_map(|(key, body)| {
                let remove = Change::Remove(Table::Parked, key.clone());
                [remove, Change::Put(Table::Outbox, key, body)]
            });
            state.commit(moved.collect())?;
        }
        let waiting = state.scan(&Scan {
            prefix: &prefix,
            ..Scan::all(Table::Outbox)
        })?;
        Ok(Self {
            to,
            queued: AtomicU64::new(waiting.len() as u64),
            parked: AtomicU64::new(0),
            last_error: Mutex::new(None),
            filled: Notify::new(),
        })
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

/// Names have no zero byte, so no output's rows begin like another's.
fn prefix(name: &str) -> Vec<u8> {
    [name.as_bytes(), &[0]].concat()
}
