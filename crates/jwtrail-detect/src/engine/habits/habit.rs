use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Facts;

/// One habit: what its events are to the rules, and those that are kept.
#[derive(Debug)]
pub(in crate::engine) struct Habit {
    /// In the order of their arrival.
    run: Vec<Sight>,
    ties: Box<[Tie]>,
    /// The time of the latest event.
    pub(in crate::engine) last: i64,
    /// Which rules its events are counted for.
    pub(in crate::engine) pattern: u32,
    /// How many ties are kept.
    kept: u16,
    /// Whether that is all of them.
    is_whole: bool,
}

/// An event, and the trace that it belongs to.
#[derive(Clone, Copy, Debug)]
struct Sight {
    entry: Entry,
    trace: u64,
}

/// A key of a rule that the habit's events concern.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Tie {
    pub(in crate::engine) bond: Bond,
    /// The rule's number.
    pub(in crate::engine) rule: u32,
    /// The place of the key's class in the rule.
    pub(in crate::engine) class: u8,
    pub(in crate::engine) stand: Stand,
    pub(in crate::engine) facts: Facts,
}

/// Where a key is: its lane's place in the shard, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Bond {
    pub(in crate::engine) lane: u32,
    pub(in crate::engine) hash: u128,
}

/// How things stand between a habit and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Stand {
    /// The key is not known.
    Unknown,
    /// Events are kept for it from this position on.
    Kept(u64),
    /// Its events are judged one by one.
    Judged,
}

impl Habit {
    pub(in crate::engine) fn new(ties: Vec<Tie>, pattern: u32) -> Self {
        Self {
            run: Vec::new(),
            is_whole: ties.is_empty(),
            ties: ties.into(),
            last: i64::MIN,
            pattern,
            kept: 0,
        }
    }

    /// Whether all that its events concern is kept: nothing else is to be done.
    pub(in crate::engine) const fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(in crate::engine) fn ties(&self) -> &[Tie] {
        &self.ties
    }

    /// Whether an event of this time can be kept.
    pub(in crate::engine) fn has_room(&self) -> bool {
        self.run.len() < MOST_KEPT
    }

    /// Takes note of an event, and keeps it if it has to.
    pub(in crate::engine) fn see(&mut self, entry: Entry, trace: u64) {
        self.last = self.last.max(entry.time);
        if self.kept > 0 {
            if self.run.len() == self.run.capacity() {
                self.run.reserve_exact(self.run.len().max(1));
            }
            self.run.push(Sight { entry, trace });
        }
    }

    /// The keys for which it keeps as much as it can.
    pub(in crate::engine) fn full(&self) -> Vec<Bond> {
        let full = |tie: &&Tie| self.since(tie).is_some_and(|kept| kept.len() >= MOST_KEPT);
        self.ties.iter().filter(full).map(|tie| tie.bond).collect()
    }

    /// All keys that it keeps events for.
    pub(in crate::engine) fn kept(&self) -> Vec<Bond> {
        let kept = |tie: &&Tie| matches!(tie.stand, Stand::Kept(_));
        self.ties.iter().filter(kept).map(|tie| tie.bond).collect()
    }

    /// A key is judged one by one from now on.
    pub(in crate::engine) fn part(&mut self, bond: Bond) {
        self.untie(bond, Stand::Judged);
    }

    /// A key is not known any more.
    pub(in crate::engine) fn lose(&mut self, bond: Bond) {
        self.untie(bond, Stand::Unknown);
    }

    fn untie(&mut self, bond: Bond, stand: Stand) {
        if let Some(at) = self.ties.iter().position(|tie| tie.bond == bond) {
            self.set(at, stand);
            self.trim();
        }
    }

    /// Says how things stand with a key.
    pub(in crate::engine) fn set(&mut self, at: usize, stand: Stand) {
        if let Some(tie) = self.ties.get_mut(at) {
            tie.stand = stand;
        }
        let kept = |tie: &&Tie| matches!(tie.stand, Stand::Kept(_));
        let kept = self.ties.iter().filter(kept).count();
        self.kept = u16::try_from(kept).unwrap_or(u16::MAX);
        self.is_whole = kept == self.ties.len();
    }

    /// Forgets what no key needs.
    fn trim(&mut self) {
        let since = self.ties.iter().filter_map(|tie| match tie.stand {
            Stand::Kept(from) => Some(from),
            _ => None,
        });
        match since.min() {
            None => self.run = Vec::new(),
            Some(from) => {
                let needless = |sight: &&Sight| sight.entry.position < from;
                let needless = self.run.iter().take_while(needless).count();
                self.run.drain(..needless);
            }
        }
    }

    pub(in crate::engine) fn facts(&self, bond: Bond) -> Option<&Facts> {
        self.tie_of(bond).map(|tie| &tie.facts)
    }

    fn tie_of(&self, bond: Bond) -> Option<&Tie> {
        self.ties.iter().find(|tie| tie.bond == bond)
    }

    fn since(&self, tie: &Tie) -> Option<&[Sight]> {
        let Stand::Kept(from) = tie.stand else {
            return None;
        };
        let needless = |sight: &Sight| sight.entry.position < from;
        self.run.get(self.run.partition_point(needless)..)
    }

    fn sights(&self, bond: Bond) -> &[Sight] {
        let kept = self.tie_of(bond).and_then(|tie| self.since(tie));
        kept.unwrap_or_default()
    }

    /// How many events are kept for a key.
    pub(in crate::engine) fn kept_for(&self, bond: Bond) -> usize {
        self.sights(bond).len()
    }

    /// The events that are kept for a key.
    pub(in crate::engine) fn items(&self, bond: Bond) -> impl Iterator<Item = Item> {
        let facts = self.facts(bond);
        let sights = self.sights(bond).iter();
        sights.filter_map(move |sight| {
            Some(Item {
                entry: sight.entry,
                facts: facts?.with_trace(sight.trace),
            })
        })
    }

    /// Whether nothing rests on it, and it has not been seen for a while.
    pub(in crate::engine) const fn is_over(&self, watermark: i64) -> bool {
        self.kept == 0 && self.last <= watermark.saturating_sub(UNSEEN)
    }
}

/// So many events are kept for a key; a key with more is a busy one, and judged.
const MOST_KEPT: usize = 64;
/// For how long a habit that nothing rests on is remembered, in milliseconds.
const UNSEEN: i64 = 600_000;
