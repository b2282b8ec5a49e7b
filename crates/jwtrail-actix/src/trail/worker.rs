use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::events::{AuditDropped, Heartbeat};
use jwtrail_event::{Reason, Text};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::batch::{Batch, Drops};
use super::recorder::{Command, Shared, own_correlation};
use super::sink::{Sink, SinkError};
use crate::internal_events::{RecordsDropped, SinkFailed, SinkRecovered, SinksNotDrained};

/// The sink thread's work: collect, write, report.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) sinks: Vec<Slot>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) heartbeat: Duration,
    pub(super) queue_lost: Drops,
}

/// A sink, and what is to be said about it.
pub(super) struct Slot {
    sink: Box<dyn Sink>,
    lost: Drops,
    failing: bool,
}

impl Worker {
    /// Works until the stop; gives back whom to tell when everything is let go.
    pub(super) async fn run(mut self) -> Option<oneshot::Sender<()>> {
        for slot in &mut self.sinks {
            slot.sink.started();
        }
        let mut collect = ticks(COLLECT_EVERY);
        let mut report = ticks(REPORT_EVERY);
        let mut heartbeat = ticks(self.heartbeat);
        loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(Command::Flush(done)) => {
                        self.pass_on();
                        answer(done);
                    }
                    Some(Command::Stop(done)) => {
                        self.finish().await;
                        return Some(done);
                    }
                    None => {
                        self.finish().await;
                        return None;
                    }
                },
                _ = collect.tick() => self.pass_on(),
                () = self.shared.queue.filled() => self.write_queue(),
                _ = heartbeat.tick() => self.beat(),
                _ = report.tick() => self.report_lost(),
            }
        }
    }

    fn pass_on(&mut self) {
        self.shared.collect();
        self.write_queue();
    }

    fn write_queue(&mut self) {
        let (batches, drops) = self.shared.queue.take();
        self.queue_lost.merge(&drops);
        self.shared.count_lost(&drops);
        for batch in batches {
            self.write(&batch);
        }
    }

    fn write(&mut self, batch: &Batch) {
        for slot in &mut self.sinks {
            let drops = slot.write(batch);
            self.shared.count_lost(&drops);
        }
    }

    fn beat(&self) {
        let event = Heartbeat {
            correlation: &own_correlation(),
            last_seq: self.shared.last_seq(),
            counts: self.shared.counts(),
            last: false,
        };
        self.shared.record(&event, self.shared.clock.now());
    }

    fn report_lost(&mut self) {
        for (sink, lost) in self.take_lost() {
            for (kind, count) in lost.iter() {
                let event = AuditDropped {
                    correlation: &own_correlation(),
                    sink: Text::from(&sink),
                    count,
                    kind,
                    reason: Reason::BackendUnavailable,
                };
                RecordsDropped {
                    sink: &sink,
                    kind,
                    count,
                }
                .emit();
                self.shared.record(&event, self.shared.clock.now());
            }
        }
    }

    fn take_lost(&mut self) -> Vec<(String, Drops)> {
        for slot in &mut self.sinks {
            self.shared.count_lost(&slot.poll_lost());
        }
        let queue = std::mem::take(&mut self.queue_lost);
        let sinks = self.sinks.iter_mut().map(|slot| {
            let lost = std::mem::take(&mut slot.lost);
            (slot.sink.name().to_owned(), lost)
        });
        std::iter::once((QUEUE.to_owned(), queue))
            .chain(sinks)
            .filter(|(_, lost)| lost.total() > 0)
            .collect()
    }

    /// The clean stop: whatever was lost is said, the last line is the final heartbeat.
    async fn finish(&mut self) {
        self.pass_on();
        self.report_lost();
        self.shared.close();
        self.pass_on();
        let event = Heartbeat {
            correlation: &own_correlation(),
            last_seq: self.shared.last_seq(),
            counts: self.shared.counts(),
            last: true,
        };
        let last = self.shared.render(&event, self.shared.clock.now());
        self.write(&last);
        let close = futures_util::future::join_all(self.sinks.iter_mut().map(|s| s.sink.close()));
        if timeout(CLOSE_DEADLINE, close).await.is_err() {
            SinksNotDrained {
                deadline: CLOSE_DEADLINE,
            }
            .emit();
        }
    }
}

impl Slot {
    pub(super) fn new(sink: Box<dyn Sink>) -> Self {
        Self {
            sink,
            lost: Drops::default(),
            failing: false,
        }
    }

    fn write(&mut self, batch: &Batch) -> Drops {
        let sink = &mut self.sink;
        // One sink that panics must not take the others with it.
        let written = catch_unwind(AssertUnwindSafe(|| sink.write(batch)));
        match written.unwrap_or_else(|_| Err(SinkError::new("the sink panicked"))) {
            Ok(()) => {
                self.recovered();
                self.poll_lost()
            }
            Err(error) => {
                self.failed(&error);
                let drops = batch.as_drops();
                self.lost.merge(&drops);
                drops
            }
        }
    }

    fn poll_lost(&mut self) -> Drops {
        let drops = self.sink.lost();
        self.lost.merge(&drops);
        drops
    }

    /// Said once, not with every batch.
    fn failed(&mut self, error: &SinkError) {
        if !std::mem::replace(&mut self.failing, true) {
            SinkFailed {
                sink: self.sink.name(),
                error,
            }
            .emit();
        }
    }

    fn recovered(&mut self) {
        if std::mem::replace(&mut self.failing, false) {
            SinkRecovered {
                sink: self.sink.name(),
            }
            .emit();
        }
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

pub(super) fn answer(done: oneshot::Sender<()>) {
    // An error means that the caller stopped waiting.
    done.send(()).ok();
}

/// The queue's name in `audit.dropped`.
const QUEUE: &str = "queue";
const COLLECT_EVERY: Duration = Duration::from_millis(50);
const REPORT_EVERY: Duration = Duration::from_secs(1);
const CLOSE_DEADLINE: Duration = Duration::from_secs(3);
