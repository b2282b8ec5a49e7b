use std::num::NonZero;

use crate::engine::entry::Entry;
use crate::engine::table::Rows;

/// The events that a habit keeps, in the order of their arrival. Most of what is held is here,
/// so of each event it has what sets it apart from the first, in 44 bytes, and all habits keep
/// theirs in one place, where they grow without being moved.
#[derive(Debug)]
pub(super) struct Run {
    first: First,
    /// Its first block and its last one, where it has any events.
    head: u32,
    tail: u32,
    len: u32,
}

/// What the first event has of numbers that the others come close to.
#[derive(Clone, Copy, Debug, Default)]
struct First {
    time: i64,
    seq: u64,
    position: u64,
}

/// The blocks of all runs.
#[derive(Debug)]
pub(super) struct Blocks(Rows<Block>);

/// A few events of a run, all but the last block full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    sights: [Sight; IN_BLOCK],
    next: Next,
}

/// The number of the next block and one more: a row's state fits in what is left.
#[derive(Clone, Copy, Debug)]
struct Next(NonZero<u32>);

impl Next {
    const NONE: Self = Self(NonZero::<u32>::MAX);

    const fn to(number: u32) -> Self {
        match NonZero::new(number.wrapping_add(1)) {
            Some(next) => Self(next),
            None => Self::NONE,
        }
    }

    const fn number(self) -> u32 {
        self.0.get() - 1
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    after: After,
    written: [u32; 2],
    id: [u32; 4],
    trace: [u32; 2],
}

/// What an event is beyond the first.
#[derive(Clone, Copy, Debug, Default)]
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

impl Blocks {
    pub(super) const fn new() -> Self {
        Self(Rows::new())
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            first: First::default(),
            head: NONE,
            tail: NONE,
            len: 0,
        }
    }
}

impl Run {
    /// Begins anew with this event, where there is none. False where the event is too far from
    /// the first to be kept with it.
    pub(super) fn begin(&mut self, entry: &Entry) -> bool {
        if self.len == 0 {
            self.first = First {
                time: entry.time,
                seq: entry.seq,
                position: entry.position,
            };
        }
        self.first.after(entry).is_some()
    }

    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    /// How far a position is from the first.
    pub(super) fn distance(&self, position: u64) -> Option<u32> {
        self.first.distance(position)
    }

    /// Adds an event that can be kept.
    pub(super) fn push(&mut self, blocks: &mut Blocks, entry: &Entry, trace: u64) {
        let Some(after) = self.first.after(entry) else {
            return;
        };
        let (high, low) = entry.halves();
        let ([a, b], [c, d]) = (parts(high), parts(low));
        let sight = Sight {
            after,
            written: parts(entry.written()),
            id: [a, b, c, d],
            trace: parts(trace),
        };
        self.add(blocks, sight);
    }

    fn add(&mut self, blocks: &mut Blocks, sight: Sight) {
        let place = self.len() % IN_BLOCK;
        if place == 0 {
            let mut block = Block {
                sights: [Sight::default(); IN_BLOCK],
                next: Next::NONE,
            };
            block.sights[0] = sight;
            let at = blocks.0.add(block);
            match blocks.0.get_mut(self.tail) {
                Some(last) if self.len > 0 => last.next = Next::to(at),
                _ => self.head = at,
            }
            self.tail = at;
        } else if let Some(block) = blocks.0.get_mut(self.tail)
            && let Some(free) = block.sights.get_mut(place)
        {
            *free = sight;
        }
        self.len += 1;
    }

    /// Something of where the next one will be.
    #[inline]
    pub(super) fn fetch(&self, blocks: &Blocks) -> u32 {
        blocks
            .0
            .get(self.tail)
            .map_or(NONE, |block| block.next.number())
    }

    /// All of them.
    fn iter<'b>(&self, blocks: &'b Blocks) -> impl Iterator<Item = &'b Sight> + use<'b> {
        let first = blocks.0.get(self.head).filter(|_| self.len > 0);
        let chain = std::iter::successors(first, |block| blocks.0.get(block.next.number()));
        chain.flat_map(|block| &block.sights).take(self.len())
    }

    /// Those that came so far after the first, or later.
    pub(super) fn since<'b>(
        &self,
        blocks: &'b Blocks,
        distance: u32,
    ) -> impl Iterator<Item = &'b Sight> + use<'b> {
        let before = move |sight: &&Sight| sight.after.position < distance;
        self.iter(blocks).skip_while(before)
    }

    /// Forgets those that came before.
    pub(super) fn forget_before(&mut self, blocks: &mut Blocks, distance: u32) {
        let first = self.iter(blocks).next();
        if first.is_some_and(|first| first.after.position < distance) {
            let left: Vec<Sight> = self.since(blocks, distance).copied().collect();
            self.clear(blocks);
            left.into_iter().for_each(|sight| self.add(blocks, sight));
        }
    }

    pub(super) fn clear(&mut self, blocks: &mut Blocks) {
        let mut at = self.head;
        while self.len > 0
            && let Some(block) = blocks.0.remove(at)
        {
            at = block.next.number();
        }
        (self.head, self.tail, self.len) = (NONE, NONE, 0);
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

const fn parts(number: u64) -> [u32; 2] {
    [(number >> 32) as u32, number as u32]
}

const fn whole([high, low]: [u32; 2]) -> u64 {
    (high as u64) << 32 | low as u64
}

/// Most habits have few events: more in a block would be left free.
const IN_BLOCK: usize = 2;
const NONE: u32 = u32::MAX;
const _: () = assert!(size_of::<Option<Block>>() == 92, "there are many of them");
