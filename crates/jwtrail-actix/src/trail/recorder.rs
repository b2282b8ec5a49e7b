use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use jwtrail_event::events::{ConfigUnsafe, Correlation, Event};
use jwtrail_event::{
    Clock, CorrelationSource, Counts, Origin, Pseudonyms, Stamp, Text, Timestamp, Writer,
};
use tokio::sync::{mpsc, oneshot};

use super::batch::{Batch, Drops};
use super::buffer::{Registry, SharedBuffer, lock};
use super::lane::Keeper;
use super::meter::{Series, Tally};
use super::sink::Backlog;
use crate::internal_events::RecordedAfterStop;
use crate::random;

/// The recorder: takes events from every thread and gets them to the sinks.
///
/// Recording renders the line into the thread's own buffer and returns. A thread of the trail
/// collects the buffers every 50 ms and gives them to the sinks, each of which has a thread and a
/// queue of its own; a buffer of 64 KiB goes there at once. A clone is the same trail. Call
/// [`stop`](Self::stop) before the process ends; dropping the last clone does the same but blocks.
///
/// ```
/// use jwtrail_actix::Trail;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("audit.ndjson");
/// let trail = Trail::builder("orders-api").version("1.4.0").file(&path).start()?;
/// # drop(trail);
/// # assert!(std::fs::read_to_string(&path).unwrap().contains("\"final\":true"));
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trail(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Trail {
    /// Begins to build the trail of a service. The name stands in every record.
    pub fn builder(service: &str) -> super::TrailBuilder {
        super::TrailBuilder::new(service)
    }

    pub(super) fn new(
        shared: Arc<Shared>,
        commands: mpsc::UnboundedSender<Command>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self(Arc::new(Handle {
            shared,
            commands,
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Records an event that happened now.
    pub fn record(&self, event: &impl Event) {
        self.record_at(event, self.0.shared.clock.now());
    }

    /// Records an event that happened at `time`.
    pub fn record_at(&self, event: &impl Event, time: Timestamp) {
        self.0.shared.record(event, time);
    }

    /// Records that a `dangerous_` option is in force, and says so in the log.
    pub(crate) fn record_unsafe(&self, option: &'static str) {
        crate::internal_events::UnsafeOption { option }.emit();
        let correlation = own_correlation();
        self.record(&ConfigUnsafe {
            correlation: &correlation,
            option: Text::from(option),
        });
    }

    /// The clock that stamps the records.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.shared.clock
    }

    /// Who writes: service, version, instance and boot.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.shared.origin
    }

    /// Since when it counts.
    #[cfg(feature = "otlp")]
    pub(crate) fn started(&self) -> Timestamp {
        self.0.shared.started
    }

    /// What this boot has decided so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.shared.counts()
    }

    /// What stands in the place of subjects and addresses.
    pub(crate) fn pseudonyms(&self) -> Option<&Arc<Pseudonyms>> {
        self.0.shared.pseudonyms.as_ref()
    }

    /// What was counted of the records, and the series that decisions are counted in.
    pub(crate) fn tally(&self) -> (Tally, Vec<Series>) {
        self.0.shared.buffers.tally()
    }

    /// What the sinks hold that is not where it belongs, by their names.
    pub(crate) fn backlogs(&self) -> impl Iterator<Item = (&str, Backlog)> {
        self.0.shared.keepers.iter().filter_map(Keeper::backlog)
    }

    /// Waits until all that was recorded before this call has been handed to the sinks, or was
    /// refused by them.
    pub async fn flush(&self) {
        self.command(Command::Flush).await;
    }

    /// Waits until all that was recorded before this call would outlive the machine, and says
    /// whether it would. A sink that stands still is waited for two seconds, once.
    #[must_use = "what was recorded may not be kept"]
    pub async fn commit(&self) -> bool {
        self.command(Command::Commit).await.unwrap_or(false)
    }

    /// What an answer has to wait for: whether it may be given, as the trail was built.
    pub(crate) async fn answerable(&self) -> bool {
        let Guarantee { sync, required } = self.0.shared.guarantee;
        !sync || self.commit().await || !required
    }

    /// Whether answers wait at all.
    pub(crate) fn is_sync(&self) -> bool {
        self.0.shared.guarantee.sync
    }

    /// Whether requests are to be refused, because the trail would not be kept.
    pub(crate) fn refuses(&self) -> bool {
        let shared = &self.0.shared;
        shared.guarantee.required && !shared.keepers.iter().any(Keeper::keeps)
    }

    /// Writes everything out, ends with the `final` heartbeat and closes the sinks. What is
    /// recorded afterwards is lost and reported. A second call does nothing.
    pub async fn stop(&self) {
        self.command(Command::Stop).await;
    }

    async fn command<T>(&self, command: fn(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (done, wait) = oneshot::channel();
        self.0.commands.send(command(done)).ok()?;
        // An error means that the thread has ended: there is nothing left to wait for.
        wait.await.ok()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let (done, _) = oneshot::channel();
        let thread = self
            .thread
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // An error means that the trail was stopped before.
        self.commands.send(Command::Stop(done)).ok();
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            crate::internal_events::SinkThreadPanicked.emit();
        }
    }
}

#[derive(Debug)]
pub(super) enum Command {
    Flush(oneshot::Sender<()>),
    Commit(oneshot::Sender<bool>),
    Stop(oneshot::Sender<()>),
}

/// What was promised of the trail beside its records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guarantee {
    /// An answer waits until its record is durable.
    pub(super) sync: bool,
    /// Nothing is answered that leaves no record.
    pub(super) required: bool,
}

/// What the recording threads and the collecting thread share.
#[derive(Debug)]
pub(super) struct Shared {
    id: u64,
    pub(super) origin: Origin,
    writer: Writer,
    pseudonyms: Option<Arc<Pseudonyms>>,
    pub(super) clock: Arc<dyn Clock>,
    #[cfg(feature = "otlp")]
    started: Timestamp,
    seq: AtomicU64,
    closed: AtomicBool,
    lost: AtomicU64,
    guarantee: Guarantee,
    /// One for each sink.
    keepers: Vec<Keeper>,
    pub(super) buffers: Registry,
}

impl Shared {
    pub(super) fn new(
        origin: Origin,
        clock: Arc<dyn Clock>,
        guarantee: Guarantee,
        keepers: Vec<Keeper>,
        pseudonyms: Option<Arc<Pseudonyms>>,
    ) -> Self {
        let writer = Writer::new(origin.clone());
        let writer = match &pseudonyms {
            Some(pseudonyms) => writer.with_pseudonyms(Arc::clone(pseudonyms)),
            None => writer,
        };
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            writer,
            pseudonyms,
            origin,
            #[cfg(feature = "otlp")]
            started: clock.now(),
            clock,
            seq: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            guarantee,
            keepers,
            buffers: Registry::default(),
        }
    }

    pub(super) fn record(&self, event: &impl Event, time: Timestamp) {
        let record_into = |buffer: &SharedBuffer| self.record_into(buffer, event, time);
        if !self.buffers.with_own(self.id, record_into) {
            // The thread is ending: its buffer is gone already.
            self.distribute(self.render(event, time));
        }
    }

    #[inline]
    fn record_into(&self, buffer: &SharedBuffer, event: &impl Event, time: Timestamp) {
        let mut held = lock(buffer);
        // Under the lock, so that the last collection finds everything that has a number.
        if self.closed.load(Ordering::Acquire) {
            drop(held);
            if self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                RecordedAfterStop.emit();
            }
            return;
        }
        held.write(event, time, self.stamp(time));
        if held.batch.bytes().len() >= HAND_OVER {
            // Still under the lock: nothing is between a buffer and the sinks when the last
            // collection is done.
            self.distribute(held.take_batch());
        }
    }

    /// One record by itself, even after the trail was closed.
    pub(super) fn render(&self, event: &impl Event, time: Timestamp) -> Batch {
        let mut batch = Batch::default();
        batch.write(event, time, &self.stamp(time));
        batch
    }

    /// From here on nothing more is recorded.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) fn collect(&self) {
        self.buffers.collect(|batch| self.distribute(batch));
    }

    /// Gives a batch to each sink's queue, without waiting. From the recording thread itself: the
    /// collecting one would have to be woken, only to wake the sinks' threads in its turn.
    pub(super) fn distribute(&self, batch: Batch) {
        let batch = Arc::new(batch);
        for keeper in &self.keepers {
            keeper.push(Arc::clone(&batch));
        }
    }

    pub(super) fn count_lost(&self, drops: &Drops) {
        self.lost.fetch_add(drops.total(), Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = self.buffers.counts();
        counts.dropped = self.lost.load(Ordering::Relaxed);
        counts
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.seq.load(Ordering::Relaxed).saturating_sub(1)
    }

    fn stamp(&self, time: Timestamp) -> Stamp<'_> {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed);
        self.writer.stamp(random::event_id(time), seq)
    }
}

/// Ids for an event that no request caused.
pub(crate) fn own_correlation() -> Correlation<'static> {
    Correlation {
        id: Text::from(random::uuid().to_string()),
        source: CorrelationSource::Generated,
        trace_id: random::trace_id(),
        span_id: random::span_id(),
        linked_trace_id: None,
    }
}

/// A thread hands its buffer over by itself from so many bytes on.
const HAND_OVER: usize = 64 * 1024;
