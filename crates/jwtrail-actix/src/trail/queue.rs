use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::batch::{Batch, Drops, Rank};

/// The bounded queue between the threads that record and the one that writes.
///
/// A push never waits: what finds no room is counted and let go, the ranks that anybody can
/// flood first.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Notify,
    capacity: u64,
}

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<Batch>,
    bytes: u64,
    drops: Drops,
}

impl Queue {
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            state: Mutex::default(),
            filled: Notify::new(),
            capacity,
        }
    }

    pub(super) fn push(&self, mut batch: Batch) {
        let mut state = self.state();
        let drops = make_room(&mut batch, state.bytes, self.capacity);
        state.drops.merge(&drops);
        if !batch.is_empty() {
            state.bytes += batch.bytes().len() as u64;
            state.batches.push_back(batch);
        }
        drop(state);
        self.filled.notify_one();
    }

    pub(super) fn take(&self) -> (VecDeque<Batch>, Drops) {
        let mut state = self.state();
        state.bytes = 0;
        (
            std::mem::take(&mut state.batches),
            std::mem::take(&mut state.drops),
        )
    }

    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets lines of the batch go, rank by rank, until it fits beside what is there.
pub(super) fn make_room(batch: &mut Batch, there: u64, capacity: u64) -> Drops {
    let mut drops = Drops::default();
    for rank in Rank::ALL {
        if there + batch.bytes().len() as u64 > rank.share(capacity) {
            drops.merge(&batch.shed(rank));
        }
    }
    drops
}

#[cfg(test)]
mod tests {
    use jwtrail_event::{DroppedKind, EventName, Outcome, Record, Timestamp, Trust};

    use super::*;

    #[test]
    fn a_flood_leaves_the_reserved_room_free() {
        let queue = Queue::new(100_000);
        for _ in 0..1000 {
            queue.push(batch(EventName::TokenRejected, Trust::None));
        }
        for _ in 0..50 {
            queue.push(batch(EventName::TokenAccepted, Trust::Verified));
            queue.push(batch(EventName::TokenIssued, Trust::Verified));
        }
        let (batches, drops) = queue.take();
        let kept: usize = batches.iter().map(Batch::len).sum();
        assert!(drops.of(DroppedKind::Unverified) > 700);
        assert_eq!(drops.of(DroppedKind::Accepted), 0);
        assert_eq!(drops.of(DroppedKind::Lifecycle), 0);
        assert_eq!(kept as u64 + drops.total(), 1100);
    }

    #[test]
    fn past_the_bound_everything_is_counted() {
        let queue = Queue::new(1_000);
        for _ in 0..100 {
            queue.push(batch(EventName::TokenAccepted, Trust::Verified));
        }
        let (batches, drops) = queue.take();
        assert!(batches.iter().map(|b| b.bytes().len()).sum::<usize>() <= 1_000);
        assert_eq!(
            drops.of(DroppedKind::Accepted) + batches.iter().map(|b| b.len() as u64).sum::<u64>(),
            100
        );
    }

    #[test]
    fn shedding_keeps_the_other_lines_whole() {
        let mut mixed = Batch::default();
        mixed.push(&record(EventName::TokenRejected, Trust::None));
        mixed.push(&record(EventName::TokenAccepted, Trust::Verified));
        mixed.push(&record(EventName::TokenRejected, Trust::Signed));
        let drops = mixed.shed(Rank::Flood);
        assert_eq!(drops.total(), 1);
        let kinds: Vec<_> = mixed
            .lines()
            .map(|(kind, line)| {
                assert!(Record::read(line).is_ok());
                kind
            })
            .collect();
        assert_eq!(kinds, [DroppedKind::Accepted, DroppedKind::Failed]);
    }

    fn batch(event: EventName, trust: Trust) -> Batch {
        let mut batch = Batch::default();
        batch.push(&record(event, trust));
        batch
    }

    fn record(event: EventName, trust: Trust) -> Record<'static> {
        let mut record = Record::new(event, Outcome::Failure, Timestamp::from_seconds(0));
        record.trust = trust;
        record
    }
}
