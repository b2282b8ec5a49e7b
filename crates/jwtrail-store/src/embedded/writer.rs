use std::sync::mpsc::Receiver;

use super::Shared;
use crate::{Acknowledge, Batch};

/// A batch on its way, and who wants to know.
pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) acknowledge: Acknowledge,
}

/// Takes what waits, commits it as one, acknowledges it; until nobody can send any more.
pub(super) fn run(shared: &Shared, receiver: &Receiver<Request>) {
    let mut batches = Vec::new();
    let mut waiting = Vec::new();
    while let Ok(first) = receiver.recv() {
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(Request { batch, acknowledge }) = next {
            bytes += batch.bytes();
            batches.push(batch);
            waiting.push(acknowledge);
            let room = bytes < shared.options.max_batch_bytes;
            next = room.then(|| receiver.try_recv().ok()).flatten();
        }
        match shared.commit_log(&mut batches) {
            Ok(placed) => {
                shared.note(None);
                for (acknowledge, placements) in waiting.drain(..).zip(placed) {
                    acknowledge.finish(Ok(placements));
                }
            }
            Err(error) => {
                shared.note(Some(error.clone()));
                for acknowledge in waiting.drain(..) {
                    acknowledge.finish(Err(error.clone()));
                }
            }
        }
        batches.clear();
    }
}
