use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::draft::Draft;

/// Drafts that wait for a moment, in its order; those of one moment in the order they came.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<(i64, u64, u32)>>,
    slots: Vec<Waiting>,
    free: Vec<u32>,
    order: u64,
}

/// A draft, and what its instance wrote on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) draft: Draft,
    pub(super) stamp: Stamp,
}

/// Who wrote it, as the how-manieth.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stamp {
    pub(super) instance: u8,
    pub(super) boot: u32,
    pub(super) seq: u64,
    pub(super) number: u64,
    /// The writer's clock, microseconds.
    pub(super) clock: i64,
    pub(super) counts: [u64; 5],
}

impl Queue {
    pub(super) fn push(&mut self, at: i64, waiting: Waiting) {
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.slots.get_mut(slot as usize) {
                    *place = waiting;
                }
                slot
            }
            None => {
                self.slots.push(waiting);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        self.order += 1;
        self.heap.push(Reverse((at, self.order, slot)));
    }

    /// When the next is due.
    pub(super) fn due(&self) -> i64 {
        self.heap.peek().map_or(i64::MAX, |Reverse((at, ..))| *at)
    }

    pub(super) fn pop(&mut self) -> Option<(i64, Waiting)> {
        let Reverse((at, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        self.slots.get(slot as usize).map(|waiting| (at, *waiting))
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
}
