//! Delivery to a receiver over the network: into a spool at once, from there in order.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jwtrail_event::{DroppedKind, Record, SecretToken, Sort};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::TrailError;
use super::batch::{Batch, Drops, dropped_kind};
use super::sink::{Backlog, BacklogGauge, Sink, SinkError};
use super::spool::Spool;
use crate::{OutboundAnswer, OutboundError};
use deliverer::Deliverer;

mod deliverer;

/// Speaks a receiver's protocol.
pub(super) trait Courier: Send + 'static {
    /// What the receiver is, for people: `the monitor`.
    const RECEIVER: &'static str;

    /// Where it is.
    fn url(&self) -> &str;

    /// Tries once to hand the lines over.
    fn deliver(&mut self, lines: &[u8]) -> impl Future<Output = Outcome> + Send;
}

/// What became of one attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The lines are where they belong, but for those that the receiver will never take.
    Taken(Rejected),
    /// The receiver does not take so much, or takes none of it: again, in smaller pieces.
    Unfit,
    /// It gave no answer.
    Away {
        /// Why.
        problem: String,
        /// Whether there only was not time enough.
        too_slow: bool,
    },
    /// It said no, for now.
    Refused {
        /// Its word for it: an HTTP status, a gRPC code.
        answer: String,
        /// What an operator can do.
        remedy: &'static str,
        /// When to come again, if it said so.
        wait: Option<Duration>,
        /// Whether less at once might be taken.
        smaller: bool,
    },
}

impl Outcome {
    pub(super) fn away(error: &OutboundError) -> Self {
        Self::Away {
            problem: error.to_string(),
            too_slow: matches!(error, OutboundError::Deadline),
        }
    }
}

/// What of a delivery a receiver rejected for good.
#[derive(Debug, Default)]
pub(super) struct Rejected {
    pub(super) drops: Drops,
    /// Its reason.
    pub(super) problem: String,
}

/// The sink at work: it keeps batches in the spool, a task delivers them.
pub(super) struct Delivery<C> {
    name: String,
    state: Arc<State>,
    deliverer: Option<Deliverer<C>>,
    task: Option<JoinHandle<()>>,
}

impl<C: Courier> Delivery<C> {
    pub(super) fn open(
        name: String,
        courier: C,
        spool_folder: &Path,
        spool_bytes: u64,
    ) -> Result<Self, TrailError> {
        let state = Arc::new(State {
            spool: Mutex::new(Spool::open(spool_folder, spool_bytes)?),
            lost: Mutex::default(),
            filled: Notify::new(),
            closing: Notify::new(),
            closed: AtomicBool::new(false),
        });
        Ok(Self {
            name,
            deliverer: Some(Deliverer::new(Arc::clone(&state), courier)),
            state,
            task: None,
        })
    }
}

impl<C: Courier> Sink for Delivery<C> {
    fn name(&self) -> &str {
        &self.name
    }

    fn started(&mut self) {
        let deliverer = self.deliverer.take();
        self.task = deliverer.map(|deliverer| tokio::spawn(deliverer.run()));
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let drops = self.state.spool().append(batch).map_err(SinkError::new)?;
        self.state.lost().merge(&drops);
        self.state.filled.notify_one();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), SinkError> {
        self.state.spool().sync().map_err(SinkError::new)
    }

    fn lost(&mut self) -> Drops {
        std::mem::take(&mut *self.state.lost())
    }

    fn backlog(&self) -> Option<BacklogGauge> {
        // Who looks must not keep the spool's lock from the next start.
        let state = Arc::downgrade(&self.state);
        Some(BacklogGauge::new(move || {
            let state = state.upgrade();
            state.map_or_else(Backlog::default, |state| state.spool().backlog())
        }))
    }

    /// One more attempt for each batch; what can't be delivered now stays in the spool.
    fn close(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.state.closed.store(true, Ordering::Release);
        self.state.filled.notify_one();
        self.state.closing.notify_one();
        Box::pin(async {
            if let Some(task) = self.task.take()
                && task.await.is_err()
            {
                crate::internal_events::SinkThreadPanicked.emit();
            }
        })
    }
}

/// What the sink and its task share.
struct State {
    spool: Mutex<Spool>,
    lost: Mutex<Drops>,
    filled: Notify,
    closing: Notify,
    closed: AtomicBool,
}

impl State {
    fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self) -> MutexGuard<'_, Drops> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// `Retry-After` in seconds (RFC 9110 section 10.2.3); a date is not looked at.
pub(super) fn retry_after(answer: &OutboundAnswer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// A credential from a file or a variable, if a header can carry it.
pub(crate) fn header_credential(given: &SecretToken) -> Option<SecretToken> {
    let trimmed = given.expose().trim();
    let fits = !trimmed.is_empty() && trimmed.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    fits.then(|| SecretToken::new(trimmed.to_owned()))
}

/// Each line as it stands, its line feed included.
pub(super) fn lines_of(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines.split_inclusive(|byte| *byte == b'\n')
}

/// What a line counts as when it is lost.
pub(super) fn kind_of(line: &[u8]) -> DroppedKind {
    Record::read(line).map_or(DroppedKind::System, |record| {
        dropped_kind(Sort::of(&record))
    })
}

/// How much of what is not there yet a spool holds.
pub(super) const SPOOL_BYTES: u64 = 256 * 1024 * 1024;
