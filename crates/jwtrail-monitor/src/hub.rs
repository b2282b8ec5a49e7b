use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// Carries what happens to the dashboards that are watching.
#[derive(Debug)]
pub(crate) struct Hub {
    frames: broadcast::Sender<Bytes>,
    places: Arc<Semaphore>,
}

impl Hub {
    /// A hub with so many places.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            frames: broadcast::Sender::new(QUEUE),
            places: Arc::new(Semaphore::new(places)),
        }
    }

    /// Sends a frame to everyone; nobody watching is no fault.
    pub(crate) fn send(&self, event: &str, data: &serde_json::Value) {
        drop(self.frames.send(frame(event, data)));
    }

    /// A place among the watchers, if there is one.
    pub(crate) fn watch(&self) -> Option<(broadcast::Receiver<Bytes>, OwnedSemaphorePermit)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some((self.frames.subscribe(), place))
    }
}

/// A frame of an event stream. JSON has no raw line breaks, so the data is one line.
pub(crate) fn frame(event: &str, data: &serde_json::Value) -> Bytes {
    format!("event: {event}\ndata: {data}\n\n").into()
}

/// Frames that a slow watcher may be behind; then it loses the oldest.
const QUEUE: usize = 256;
