use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{CLOSE_DEADLINE, Order, State};
use crate::internal_events::{RecordsDropped, SinkFailed, SinkRecovered, SinksNotDrained};
use crate::trail::batch::Batch;
use crate::trail::sink::{Sink, SinkError};

/// A lane's thread: takes from the queue, writes, and writes again what the sink did not take.
pub(super) struct Driver {
    sink: Box<dyn Sink>,
    state: Arc<State>,
    orders: mpsc::UnboundedReceiver<Order>,
    failing: Option<Failing>,
}

/// What the sink fails at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failing {
    Write,
    Sync,
}

impl Driver {
    pub(super) fn new(
        sink: Box<dyn Sink>,
        state: Arc<State>,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> Self {
        Self {
            sink,
            state,
            orders,
            failing: None,
        }
    }

    /// Works until the stop; gives back whom to tell when everything is let go.
    pub(super) async fn run(mut self) -> Option<oneshot::Sender<()>> {
        self.sink.started();
        let mut again = interval(AGAIN_EVERY);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let state = Arc::clone(&self.state);
        loop {
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => {
                        if let Some(done) = self.obey(order).await {
                            return Some(done);
                        }
                    }
                    None => return None,
                },
                () = state.queue.filled(), if self.failing != Some(Failing::Write) => {
                    self.write_queue();
                }
                _ = again.tick() => {
                    if self.failing == Some(Failing::Write) {
                        self.write_queue();
                    }
                    self.poll_lost();
                }
            }
        }
    }

    /// Does at once what all who wait ask for.
    async fn obey(&mut self, first: Order) -> Option<oneshot::Sender<()>> {
        let mut orders = vec![first];
        while let Ok(order) = self.orders.try_recv() {
            orders.push(order);
        }
        let written = self.write_queue();
        let asked = |order: &Order| matches!(order, Order::Sync(_));
        let synced = written && orders.iter().any(asked) && self.sync();
        let mut stopping = None;
        for order in orders {
            // An error means that the caller stopped waiting.
            match order {
                Order::Write(done) => done.send(written).ok(),
                Order::Sync(done) => done.send(synced).ok(),
                Order::Stop(done) => {
                    stopping = Some(done);
                    None
                }
            };
        }
        if stopping.is_some() {
            self.close().await;
        }
        stopping
    }

    /// Whether the sink has taken everything.
    fn write_queue(&mut self) -> bool {
        let mut batches = self.state.queue.take();
        while let Some(batch) = batches.pop_front() {
            let written = self.write(&batch);
            self.state.late.store(false, Ordering::Relaxed);
            if let Err(error) = written {
                self.failed(Failing::Write, &error);
                batches.push_front(batch);
                self.state.queue.put_back(batches);
                return false;
            }
        }
        true
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let sink = &mut self.sink;
        match catch_unwind(AssertUnwindSafe(|| sink.write(batch))) {
            Ok(Ok(())) => {
                self.recovered(Failing::Write);
                let lost_nothing = self.poll_lost() == 0;
                if lost_nothing && self.failing.is_none() {
                    self.state.keeps.store(true, Ordering::Relaxed);
                }
                Ok(())
            }
            Ok(Err(error)) => Err(error),
            // It might panic each time: the batch does not come again.
            Err(_) => {
                self.failed(Failing::Write, &SinkError::new("the sink panicked"));
                self.state.lost(&batch.as_drops());
                Ok(())
            }
        }
    }

    fn sync(&mut self) -> bool {
        match self.sink.sync() {
            Ok(()) => {
                self.recovered(Failing::Sync);
                true
            }
            Err(error) => {
                self.failed(Failing::Sync, &error);
                false
            }
        }
    }

    fn poll_lost(&mut self) -> u64 {
        let drops = self.sink.lost();
        self.state.lost(&drops);
        drops.total()
    }

    /// Said once, not with every batch.
    fn failed(&mut self, at: Failing, error: &SinkError) {
        self.state.keeps.store(false, Ordering::Relaxed);
        if self.failing.replace(at).is_none() {
            SinkFailed {
                sink: &self.state.name,
                error,
            }
            .emit();
        }
    }

    fn recovered(&mut self, at: Failing) {
        if self.failing == Some(at) {
            self.failing = None;
            SinkRecovered {
                sink: &self.state.name,
            }
            .emit();
        }
    }

    /// What the sink still does not take is lost, and nobody is left to record it.
    async fn close(&mut self) {
        if timeout(CLOSE_DEADLINE, self.sink.close()).await.is_err() {
            SinksNotDrained {
                deadline: CLOSE_DEADLINE,
            }
            .emit();
        }
        let mut drops = std::mem::take(&mut *self.state.losses());
        for batch in &self.state.queue.take() {
            drops.merge(&batch.as_drops());
        }
        drops.merge(&self.sink.lost());
        for (kind, count) in drops.iter() {
            RecordsDropped {
                sink: &self.state.name,
                kind,
                count,
            }
            .emit();
        }
    }
}

/// How often a sink that did not take a batch is asked again.
const AGAIN_EVERY: Duration = Duration::from_millis(250);
