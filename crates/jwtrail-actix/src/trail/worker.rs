use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jwtrail_event::events::{AuditDropped, Heartbeat};
use jwtrail_event::{Reason, Text};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::batch::Drops;
use super::lane::{CLOSE_DEADLINE, Lane};
use super::recorder::{Command, Shared, own_correlation};
use crate::internal_events::{RecordsDropped, SinksNotDrained};

/// The collecting thread's work: collect for the sinks' lanes, report. It waits for none of them.
pub(super) struct Worker {
    shared: Arc<Shared>,
    lanes: Vec<Lane>,
    commands: mpsc::UnboundedReceiver<Command>,
    heartbeat: Duration,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        lanes: Vec<Lane>,
        commands: mpsc::UnboundedReceiver<Command>,
        heartbeat: Duration,
    ) -> Self {
        Self {
            shared,
            lanes,
            commands,
            heartbeat,
        }
    }

    /// Works until the stop; gives back whom to tell when everything is let go.
    pub(super) async fn run(mut self) -> Option<oneshot::Sender<()>> {
        let mut collect = ticks(COLLECT_EVERY);
        let mut report = ticks(REPORT_EVERY);
        let mut heartbeat = ticks(self.heartbeat);
        loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(Command::Stop(done)) => {
                        self.finish().await;
                        return Some(done);
                    }
                    Some(command) => {
                        if let Some(done) = self.obey(command).await {
                            return Some(done);
                        }
                    }
                    None => {
                        self.finish().await;
                        return None;
                    }
                },
                _ = collect.tick() => self.shared.collect(),
                _ = heartbeat.tick() => self.beat(),
                _ = report.tick() => self.report_lost(),
            }
        }
    }

    /// Does at once what all who wait ask for.
    async fn obey(&mut self, first: Command) -> Option<oneshot::Sender<()>> {
        let (mut flushes, mut commits) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Flush(done) => flushes.push(done),
                Command::Commit(done) => commits.push(done),
                Command::Stop(done) => {
                    self.finish().await;
                    return Some(done);
                }
            }
            next = self.commands.try_recv().ok();
        }
        self.shared.collect();
        if !flushes.is_empty() {
            let written = join_all(self.lanes.iter().map(Lane::written));
            tokio::spawn(async move {
                written.await;
                flushes.into_iter().for_each(answer);
            });
        }
        if !commits.is_empty() {
            let committed = self.committed();
            tokio::spawn(async move {
                let kept = committed.await;
                for done in commits {
                    // An error means that the caller stopped waiting.
                    done.send(kept).ok();
                }
            });
        }
        None
    }

    /// Whether any sink has made what was passed on durable. Waits for all that work; for one
    /// that let an answer wait too long, not again before it has done something.
    fn committed(&self) -> impl Future<Output = bool> + Send + use<> {
        let asked = self.lanes.iter().filter(|lane| !lane.is_late());
        let answers = join_all(asked.map(|lane| {
            let (synced, tardiness) = (lane.synced(), lane.tardiness());
            async move {
                let synced = timeout(COMMIT_DEADLINE, synced).await;
                synced.unwrap_or_else(|_| {
                    tardiness.note();
                    false
                })
            }
        }));
        async { answers.await.contains(&true) }
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

    fn report_lost(&self) {
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

    fn take_lost(&self) -> Vec<(String, Drops)> {
        let lanes = self.lanes.iter();
        lanes
            .map(|lane| (lane.name(), lane.take_lost()))
            .filter(|(_, lost)| lost.total() > 0)
            .map(|(name, lost)| {
                self.shared.count_lost(&lost);
                (name.to_owned(), lost)
            })
            .collect()
    }

    /// The clean stop: whatever was lost is said, the last line is the final heartbeat.
    async fn finish(&mut self) {
        self.shared.collect();
        let written = join_all(self.lanes.iter().map(Lane::written));
        // A sink that stands still may lose more; it has no more time than this.
        timeout(LAST_WORDS, written).await.ok();
        self.report_lost();
        self.shared.close();
        self.shared.collect();
        let event = Heartbeat {
            correlation: &own_correlation(),
            last_seq: self.shared.last_seq(),
            counts: self.shared.counts(),
            last: true,
        };
        let last = self.shared.render(&event, self.shared.clock.now());
        self.shared.distribute(last);
        let stopped = join_all(self.lanes.iter().map(Lane::stopped));
        // Each keeps its deadline, unless its thread stands still.
        let deadline = CLOSE_DEADLINE + LAST_WORDS;
        if timeout(deadline, stopped).await.is_err() {
            SinksNotDrained { deadline }.emit();
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

const COLLECT_EVERY: Duration = Duration::from_millis(50);
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How long an answer waits for a sink.
const COMMIT_DEADLINE: Duration = Duration::from_secs(2);
const LAST_WORDS: Duration = Duration::from_secs(1);
