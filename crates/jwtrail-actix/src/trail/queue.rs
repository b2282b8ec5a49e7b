use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::batch::{Batch, Drops, Rank};

/// A bounded queue between threads: from those that record, and the one that collects, to a sink's.
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
    batches: VecDeque<Arc<Batch>>,
    bytes: u64,
}

impl Queue {
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            state: Mutex::default(),
            filled: Notify::new(),
            capacity,
        }
    }

    /// Says what found no room.
    #[must_use]
    pub(super) fn push(&self, mut batch: Arc<Batch>) -> Drops {
        let mut state = self.state();
        let drops = make_room(&mut batch, state.bytes, self.capacity);
        if !batch.is_empty() {
            state.bytes += batch.bytes().len() as u64;
            state.batches.push_back(batch);
        }
        drop(state);
        self.filled.notify_one();
        drops
    }

    pub(super) fn take(&self) -> VecDeque<Arc<Batch>> {
        let mut state = self.state();
        state.bytes = 0;
        std::mem::take(&mut state.batches)
    }

    /// Puts before the rest what was taken and could not be handed on. Nothing of it is let go:
    /// it had found its room before.
    pub(super) fn put_back(&self, mut batches: VecDeque<Arc<Batch>>) {
        let mut state = self.state();
        state.bytes += batches
            .iter()
            .map(|batch| batch.bytes().len() as u64)
            .sum::<u64>();
        batches.append(&mut state.batches);
        state.batches = batches;
    }

    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets lines of the batch go, rank by rank, until it fits beside what is there.
pub(super) fn make_room(batch: &mut Arc<Batch>, there: u64, capacity: u64) -> Drops {
    let mut drops = Drops::default();
    for rank in Rank::ALL {
        if there + batch.bytes().len() as u64 > rank.share(capacity) {
            drops.merge(&Arc::make_mut(batch).shed(rank));
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
        let (queue, mut drops) = (Queue::new(100_000), Drops::default());
        for _ in 0..1000 {
            drops.merge(&queue.push(batch(EventName::TokenRejected, Trust::None)));
        }
        for _ in 0..50 {
            drops.merge(&queue.push(batch(EventName::TokenAccepted, Trust::Verified)));
            drops.merge(&queue.push(batch(EventName::TokenIssued, Trust::Verified)));
        }
        let batches = queue.take();
        let kept: usize = batches.iter().map(|batch| batch.len()).sum();
        assert!(drops.of(DroppedKind::Unverified) > 700);
        assert_eq!(drops.of(DroppedKind::Accepted), 0);
        assert_eq!(drops.of(DroppedKind::Lifecycle), 0);
        assert_eq!(kept as u64 + drops.total(), 1100);
    }

    #[test]
    fn past_the_bound_everything_is_counted() {
        let (queue, mut drops) = (Queue::new(1_000), Drops::default());
        for _ in 0..100 {
            drops.merge(&queue.push(batch(EventName::TokenAccepted, Trust::Verified)));
        }
        let batches = queue.take();
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

    #[test]
    fn what_is_put_back_comes_first_and_takes_its_room() {
        let (queue, mut drops) = (Queue::new(100_000), Drops::default());
        for _ in 0..40 {
            drops.merge(&queue.push(batch(EventName::TokenAccepted, Trust::Verified)));
        }
        let taken = queue.take();
        drops.merge(&queue.push(batch(EventName::TokenIssued, Trust::Verified)));
        queue.put_back(taken);
        for _ in 0..1000 {
            drops.merge(&queue.push(batch(EventName::TokenIssued, Trust::Verified)));
        }
        let batches = queue.take();
        let kinds: Vec<_> = batches
            .iter()
            .flat_map(|batch| batch.lines().map(|(kind, _)| kind).collect::<Vec<_>>())
            .collect();
        assert!(
            kinds[..40]
                .iter()
                .all(|kind| *kind == DroppedKind::Accepted)
        );
        assert!(
            kinds[40..]
                .iter()
                .all(|kind| *kind == DroppedKind::Lifecycle)
        );
        assert_eq!(kinds.len() as u64 + drops.total(), 1041);
        assert!(drops.of(DroppedKind::Lifecycle) > 0);
    }

    fn batch(event: EventName, trust: Trust) -> Arc<Batch> {
        let mut batch = Batch::default();
        batch.push(&record(event, trust));
        Arc::new(batch)
    }

    fn record(event: EventName, trust: Trust) -> Record<'static> {
        let mut record = Record::new(event, Outcome::Failure, Timestamp::from_seconds(0));
        record.trust = trust;
        record
    }
}
