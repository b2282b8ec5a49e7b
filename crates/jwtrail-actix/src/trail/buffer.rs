use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jwtrail_event::events::Event;
use jwtrail_event::{Counts, EventName, LineMemory, Stamp, Timestamp};

use super::batch::Batch;
use super::meter::{Book, Meter, Series, Tally};

/// What one thread has recorded since it was last collected.
///
/// Only its thread writes and only the sink thread collects, so that the lock is free but for
/// one moment every 50 ms.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) batch: Batch,
    pub(super) counts: Counts,
    meter: Meter,
    memory: LineMemory,
}

impl Buffer {
    fn new(book: &Arc<Book>) -> Self {
        Self {
            batch: Batch::default(),
            counts: Counts::default(),
            meter: Meter::new(Arc::clone(book)),
            memory: LineMemory::new(),
        }
    }

    pub(super) fn write(&mut self, event: &impl Event, time: Timestamp, stamp: Stamp<'_>) {
        self.meter.time = time;
        event.measure(&mut self.meter);
        let stamp = stamp.with_memory(&self.memory);
        let count = match self.batch.write(event, time, &stamp).event {
            EventName::TokenAccepted => &mut self.counts.accepted,
            EventName::TokenMissing => &mut self.counts.missing,
            EventName::TokenRejected => &mut self.counts.rejected,
            EventName::AccessDenied => &mut self.counts.denied,
            EventName::RateExceeded => &mut self.counts.limited,
            _ => return,
        };
        *count += 1;
    }

    pub(super) fn take_batch(&mut self) -> Batch {
        // What comes will take about as much room.
        let next = self.batch.emptied();
        std::mem::replace(&mut self.batch, next)
    }
}

pub(super) type SharedBuffer = Arc<Mutex<Buffer>>;

pub(super) fn lock(buffer: &SharedBuffer) -> MutexGuard<'_, Buffer> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What threads counted that have ended.
#[derive(Debug, Default)]
struct Ended {
    counts: Counts,
    tally: Tally,
}

/// Every thread's buffer of one trail.
#[derive(Debug, Default)]
pub(super) struct Registry {
    buffers: Mutex<Vec<SharedBuffer>>,
    ended: Mutex<Ended>,
    book: Arc<Book>,
}

impl Registry {
    /// Runs with this thread's buffer and says so; not while the thread is ending.
    pub(super) fn with_own(&self, trail: u64, run: impl FnOnce(&SharedBuffer)) -> bool {
        let ran = LOCAL.try_with(|local| {
            let is_own = |(id, _): &&(u64, SharedBuffer)| *id == trail;
            if !local.try_borrow().ok()?.iter().any(|own| is_own(&own)) {
                self.begin(trail, local)?;
            }
            // Borrowed: a count of references would be written to twice for each record.
            let own = local.try_borrow().ok()?;
            let (_, buffer) = own.iter().find(is_own)?;
            run(buffer);
            Some(())
        });
        ran.is_ok_and(|ran| ran.is_some())
    }

    #[cold]
    fn begin(&self, trail: u64, local: &RefCell<Vec<(u64, SharedBuffer)>>) -> Option<()> {
        let mut local = local.try_borrow_mut().ok()?;
        // A registry that is gone holds no reference any more.
        local.retain(|(_, buffer)| Arc::strong_count(buffer) > 1);
        let buffer = Arc::new(Mutex::new(Buffer::new(&self.book)));
        local.push((trail, Arc::clone(&buffer)));
        self.list().push(buffer);
        Some(())
    }

    /// Takes what every thread has recorded; forgets threads that have ended.
    pub(super) fn collect(&self, mut each: impl FnMut(Batch)) {
        self.list().retain(|buffer| {
            let ended = Arc::strong_count(buffer) == 1;
            let mut held = lock(buffer);
            let batch = held.take_batch();
            if !batch.is_empty() {
                each(batch);
            }
            if ended {
                let mut sum = self.ended();
                sum.counts = add(sum.counts, held.counts);
                held.meter.add_to(&mut sum.tally);
            }
            !ended
        });
    }

    pub(super) fn counts(&self) -> Counts {
        let list = self.list();
        let ended = self.ended().counts;
        list.iter()
            .fold(ended, |sum, buffer| add(sum, lock(buffer).counts))
    }

    /// What all threads have counted, and the series that their decisions are counted in.
    pub(super) fn tally(&self) -> (Tally, Vec<Series>) {
        let list = self.list();
        let mut sum = self.ended().tally.clone();
        for buffer in list.iter() {
            lock(buffer).meter.add_to(&mut sum);
        }
        // After the counts: a number that was counted is in the book.
        (sum, self.book.series())
    }

    fn ended(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list(&self) -> MutexGuard<'_, Vec<SharedBuffer>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(mut sum: Counts, other: Counts) -> Counts {
    sum.accepted += other.accepted;
    sum.missing += other.missing;
    sum.rejected += other.rejected;
    sum.denied += other.denied;
    sum.limited += other.limited;
    sum
}

thread_local! {
    static LOCAL: RefCell<Vec<(u64, SharedBuffer)>> = const { RefCell::new(Vec::new()) };
}
