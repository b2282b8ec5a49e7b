use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::StoreError;

/// Where an event stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an event is new or it is not")]
pub enum Placement {
    /// It was new and has this position now.
    New(u64),
    /// Its producer had sent it before; it stands at this position.
    Duplicate(u64),
}

impl Placement {
    /// The position, old or new.
    #[must_use]
    pub const fn position(self) -> u64 {
        match self {
            Self::New(position) | Self::Duplicate(position) => position,
        }
    }
}

/// An append under way: a future that ends once the events are durable, with one placement
/// for each event in the order of the batch.
#[derive(Debug)]
#[must_use = "an append is acknowledged only when this says so"]
pub struct Appending(oneshot::Receiver<Result<Vec<Placement>, StoreError>>);

impl Appending {
    /// An append and the handle that ends it, for implementations.
    pub fn new() -> (Acknowledge, Self) {
        let (sender, receiver) = oneshot::channel();
        (Acknowledge(sender), Self(receiver))
    }

    /// An append that failed before it began.
    pub fn refused(error: StoreError) -> Self {
        let (acknowledge, appending) = Self::new();
        acknowledge.finish(Err(error));
        appending
    }

    /// Blocks until the events are durable.
    ///
    /// # Errors
    /// As [`Log::append`](crate::Log::append).
    ///
    /// # Panics
    /// When called from asynchronous code; await it there.
    pub fn wait(self) -> Result<Vec<Placement>, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Future for Appending {
    type Output = Result<Vec<Placement>, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|ended| ended.unwrap_or(Err(StoreError::Closed)))
    }
}

/// The implementation's end of an [`Appending`]. Dropped unused, it says that the store closed.
#[derive(Debug)]
pub struct Acknowledge(oneshot::Sender<Result<Vec<Placement>, StoreError>>);

impl Acknowledge {
    /// Ends the append. Nobody waiting any longer is no fault.
    pub fn finish(self, result: Result<Vec<Placement>, StoreError>) {
        drop(self.0.send(result));
    }
}
