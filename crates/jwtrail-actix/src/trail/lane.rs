//! One sink with a thread and a queue of its own.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jwtrail_event::DroppedKind;
use tokio::sync::{mpsc, oneshot};

use super::batch::{Batch, Drops};
use super::queue::Queue;
use super::sink::{Backlog, BacklogGauge, Sink};
use driver::Driver;

mod driver;

/// What the collecting thread has of a sink.
#[derive(Debug)]
pub(super) struct Lane {
    state: Arc<State>,
    orders: mpsc::UnboundedSender<Order>,
}

/// What a lane is asked for. Everything that was pushed before is done before.
#[derive(Debug)]
enum Order {
    /// Hand it to the sink, and say whether it took it.
    Write(oneshot::Sender<bool>),
    /// The same, and make it outlive the machine.
    Sync(oneshot::Sender<bool>),
    /// The same as writing, then close.
    Stop(oneshot::Sender<()>),
}

/// What the two threads share.
#[derive(Debug)]
struct State {
    name: String,
    queue: Queue,
    lost: Mutex<Drops>,
    keeps: AtomicBool,
    late: AtomicBool,
    backlog: Option<BacklogGauge>,
}

impl Lane {
    /// Starts the sink's thread.
    pub(super) fn start(sink: Box<dyn Sink>, queue_bytes: u64) -> io::Result<Self> {
        let state = Arc::new(State {
            name: sink.name().to_owned(),
            queue: Queue::new(queue_bytes),
            lost: Mutex::default(),
            keeps: AtomicBool::new(true),
            late: AtomicBool::new(false),
            backlog: sink.backlog(),
        });
        let (orders, received) = mpsc::unbounded_channel();
        let driver = Driver::new(sink, Arc::clone(&state), received);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("jwtrail-sink".to_owned())
            .spawn(move || {
                let stopped = runtime.block_on(driver.run());
                // Ends the sink's tasks, so that who waits for the stop may have its files.
                runtime.shutdown_background();
                if let Some(done) = stopped {
                    // An error means that nobody waits any more.
                    done.send(()).ok();
                }
            })?;
        Ok(Self { state, orders })
    }

    pub(super) fn name(&self) -> &str {
        &self.state.name
    }

    /// Whether the sink has taken what was pushed before this call.
    pub(super) fn written(&self) -> impl Future<Output = bool> + Send + use<> {
        self.order(Order::Write)
    }

    /// Whether what was pushed before this call would outlive the machine.
    pub(super) fn synced(&self) -> impl Future<Output = bool> + Send + use<> {
        self.order(Order::Sync)
    }

    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let stopping = self.order(Order::Stop);
        async {
            stopping.await;
        }
    }

    /// Whether an answer once waited too long for the sink, which has done nothing since.
    pub(super) fn is_late(&self) -> bool {
        self.state.late.load(Ordering::Relaxed)
    }

    pub(super) fn keeper(&self) -> Keeper {
        Keeper(Arc::clone(&self.state))
    }

    pub(super) fn tardiness(&self) -> Tardiness {
        Tardiness(Arc::clone(&self.state))
    }

    /// What was lost since this was last asked.
    pub(super) fn take_lost(&self) -> Drops {
        std::mem::take(&mut *self.state.losses())
    }

    fn order<T: Default + Send + 'static>(
        &self,
        order: fn(oneshot::Sender<T>) -> Order,
    ) -> impl Future<Output = T> + Send + use<T> {
        let (done, wait) = oneshot::channel();
        let sent = self.orders.send(order(done)).is_ok();
        async move {
            match sent {
                // An error means that the thread has ended.
                true => wait.await.unwrap_or_default(),
                false => T::default(),
            }
        }
    }
}

/// What the threads that record have of a lane.
#[derive(Debug)]
pub(super) struct Keeper(Arc<State>);

impl Keeper {
    /// Never waits: what finds no room is counted.
    pub(super) fn push(&self, batch: Arc<Batch>) {
        let drops = self.0.queue.push(batch);
        if drops.total() > 0 {
            self.0.lost(&drops);
        }
    }

    /// Whether the sink took what it was last given, and nothing was lost that there is reserved
    /// room for.
    pub(super) fn keeps(&self) -> bool {
        self.0.keeps.load(Ordering::Relaxed)
    }

    /// The sink's name and its backlog, if it has one.
    pub(super) fn backlog(&self) -> Option<(&str, Backlog)> {
        let gauge = self.0.backlog.as_ref()?;
        Some((&self.0.name, gauge.look()))
    }
}

/// Lets a wait that took too long be held against its lane.
pub(super) struct Tardiness(Arc<State>);

impl Tardiness {
    pub(super) fn note(&self) {
        self.0.late.store(true, Ordering::Relaxed);
    }
}

impl State {
    fn losses(&self) -> MutexGuard<'_, Drops> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, drops: &Drops) {
        if drops.of(DroppedKind::Accepted) > 0 || drops.of(DroppedKind::System) > 0 {
            self.keeps.store(false, Ordering::Relaxed);
        }
        self.losses().merge(drops);
    }
}

/// How long a sink may take to hand over what it still holds.
pub(super) const CLOSE_DEADLINE: Duration = Duration::from_secs(3);
