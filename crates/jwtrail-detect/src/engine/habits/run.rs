use crate::engine::entry::Entry;

/// The events that a habit keeps, in the order of their arrival. Most of what is held is here,
/// so of each event it has what sets it apart from the first, in 44 bytes.
#[derive(Debug, Default)]
pub(super) struct Run {
    first: First,
    sights: Vec<Sight>,
}

/// What the first event has of numbers that the others come close to.
#[derive(Clone, Copy, Debug, Default)]
struct First {
    time: i64,
    seq: u64,
    position: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    after: After,
    written: [u32; 2],
    id: [u32; 4],
    trace: [u32; 2],
}

/// What an event is beyond the first.
#[derive(Clone, Copy, Debug)]
struct After {
    time: i32,
    seq: i32,
    position: u32,
}

impl First {
    fn distance(&self, position: u64) -> Option<u32> {
        let distance = u32::try_from(position.checked_sub(self.position)?).ok()?;
        (distance <= FURTHEST).then_some(distance)
    }

    fn after(&self, entry: &Entry) -> Option<After> {
        Some(After {
            time: i32::try_from(entry.time.checked_sub(self.time)?).ok()?,
            seq: i32::try_from(entry.seq.wrapping_sub(self.seq).cast_signed()).ok()?,
            position: self.distance(entry.position)?,
        })
    }
}

impl Run {
    /// Begins anew with this event, where there is none. False where the event is too far from
    /// the first to be kept with it.
    pub(super) fn begin(&mut self, entry: &Entry) -> bool {
        if self.sights.is_empty() {
            self.first = First {
                time: entry.time,
                seq: entry.seq,
                position: entry.position,
            };
        }
        self.first.after(entry).is_some()
    }

    pub(super) const fn len(&self) -> usize {
        self.sights.len()
    }

    /// How far a position is from the first.
    pub(super) fn distance(&self, position: u64) -> Option<u32> {
        self.first.distance(position)
    }

    /// Adds an event that can be kept.
    pub(super) fn push(&mut self, entry: &Entry, trace: u64) {
        let Some(after) = self.first.after(entry) else {
            return;
        };
        if self.sights.len() == self.sights.capacity() {
            self.sights.reserve_exact(more(self.sights.len()));
        }
        let (high, low) = entry.halves();
        let ([a, b], [c, d]) = (parts(high), parts(low));
        self.sights.push(Sight {
            after,
            written: parts(entry.written()),
            id: [a, b, c, d],
            trace: parts(trace),
        });
    }

    /// Those that came so far after the first, or later.
    pub(super) fn since(&self, distance: u32) -> &[Sight] {
        let sights = self.sights.get(self.before(distance)..);
        sights.unwrap_or_default()
    }

    /// Forgets those that came before.
    pub(super) fn forget_before(&mut self, distance: u32) {
        self.sights.drain(..self.before(distance));
    }

    pub(super) fn clear(&mut self) {
        self.sights = Vec::new();
    }

    fn before(&self, distance: u32) -> usize {
        let before = |sight: &Sight| sight.after.position < distance;
        self.sights.partition_point(before)
    }

    /// An event and its trace.
    pub(super) fn told(&self, sight: &Sight) -> (Entry, u64) {
        let first = &self.first;
        let numbers = (
            first.time.saturating_add(i64::from(sight.after.time)),
            first.seq.wrapping_add_signed(i64::from(sight.after.seq)),
            first
                .position
                .saturating_add(u64::from(sight.after.position)),
        );
        let [a, b, c, d] = sight.id;
        let entry = Entry::again(
            numbers,
            whole(sight.written),
            (whole([a, b]), whole([c, d])),
        );
        (entry, whole(sight.trace))
    }
}

/// A position further from the first is not kept.
pub(super) const FURTHEST: u32 = u32::MAX >> 2;

/// Most keys have few events, so room grows with them.
const fn more(len: usize) -> usize {
    1 + len / 4
}

const fn parts(number: u64) -> [u32; 2] {
    [(number >> 32) as u32, number as u32]
}

const fn whole([high, low]: [u32; 2]) -> u64 {
    (high as u64) << 32 | low as u64
}

const _: () = assert!(size_of::<Sight>() == 44, "there are many of them");
