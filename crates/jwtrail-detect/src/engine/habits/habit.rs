use super::form::{Form, TieForm};
use super::own::{Cap, Own, Stand};
use super::run::{Blocks, Run, Sight};
use super::{Bond, Forming};
use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Facts;

/// One habit: what its events are to the rules, and those that are kept.
#[derive(Debug)]
pub(in crate::engine) struct Habit {
    run: Run,
    own: Own,
    /// The time of the latest event.
    pub(in crate::engine) last: i64,
    /// The number of its form.
    pub(in crate::engine) form: u32,
    /// How many ties are kept.
    kept: u16,
    /// How many events the least of these can do with.
    limit: u8,
    /// Whether all ties are kept.
    is_whole: bool,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Room {
    /// It can be kept.
    Enough,
    /// It can be, but not for keys that much is kept for.
    Full,
    /// It is too far from the others to be kept with them.
    TooFar,
}

impl Habit {
    /// None where it has too much of its own.
    pub(super) fn new(forming: &Forming, form: u32, ties: usize) -> Option<Self> {
        Some(Self {
            run: Run::default(),
            own: Own::new(&forming.keys, forming.values.all(), ties)?,
            last: i64::MIN,
            form,
            kept: 0,
            limit: u8::MAX,
            is_whole: ties == 0,
        })
    }

    /// Whether all that its events concern is kept: nothing else is to be done.
    pub(in crate::engine) const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether an event can be kept. What is kept begins with it, if there is nothing else.
    pub(in crate::engine) fn room(&mut self, entry: &Entry) -> Room {
        match self.run.begin(entry) {
            false => Room::TooFar,
            true if self.run.len() < usize::from(self.limit) => Room::Enough,
            true => Room::Full,
        }
    }

    /// Takes note of an event, and keeps it if it has to.
    pub(super) fn see(&mut self, blocks: &mut Blocks, entry: &Entry, trace: u64) {
        self.last = self.last.max(entry.time);
        if self.kept > 0 {
            self.run.push(blocks, entry, trace);
        }
    }

    /// Something of each place in memory that the next event needs.
    #[inline]
    pub(super) fn fetch(&self, blocks: &Blocks) -> (i64, u32, bool) {
        (self.last, self.run.fetch(blocks), self.is_whole)
    }

    /// How things stand with the key of a tie.
    pub(super) fn stand(&self, at: usize) -> Option<Stand> {
        self.own.stand(at)
    }

    /// Keeps so many of the events of a tie's key from this one on, or has them judged.
    pub(in crate::engine) fn tie(&mut self, at: usize, cap: Option<Cap>, from: &Entry) {
        self.run.begin(from);
        let from = self.run.distance(from.position);
        let kept = from.zip(cap).map(|(from, cap)| Stand::Kept { from, cap });
        self.set(at, kept.unwrap_or(Stand::Judged));
    }

    /// The keys for which it keeps as much as it can, or all that it keeps events for.
    pub(super) fn kept(&self, form: &Form, blocks: &Blocks, all: bool) -> Vec<Bond> {
        let kept = form.ties.iter().zip(self.own.stands());
        let kept = kept.filter(|(_, stand)| match *stand {
            Stand::Kept { from, cap } => all || self.run.since(blocks, from).count() >= cap.most(),
            _ => false,
        });
        kept.filter_map(|(tie, _)| self.bond_of(tie)).collect()
    }

    /// The key of a tie.
    pub(super) fn bond(&self, form: &Form, at: usize) -> Option<Bond> {
        self.bond_of(form.ties.get(at)?)
    }

    fn bond_of(&self, tie: &TieForm) -> Option<Bond> {
        tie.bond(self.own.key(tie.key)?)
    }

    /// The values of its events.
    pub(super) fn values(&self) -> &[u64] {
        self.own.values()
    }

    /// Breaks with a key.
    pub(super) fn untie(&mut self, form: &Form, blocks: &mut Blocks, bond: Bond, stand: Stand) {
        if let Some(at) = self.tie_of(form, bond) {
            self.set(at, stand);
            self.trim(blocks);
        }
    }

    /// Says how things stand with a key.
    fn set(&mut self, at: usize, stand: Stand) {
        let was_kept = matches!(self.own.stand(at), Some(Stand::Kept { .. }));
        self.own.set(at, stand);
        match stand {
            Stand::Kept { cap, .. } if !was_kept => self.count(cap),
            _ => {
                (self.kept, self.limit) = (0, u8::MAX);
                for at in 0..self.own.ties() {
                    if let Some(Stand::Kept { cap, .. }) = self.own.stand(at) {
                        self.count(cap);
                    }
                }
            }
        }
        self.is_whole = usize::from(self.kept) == self.own.ties();
    }

    /// Counts one more key that is kept.
    fn count(&mut self, cap: Cap) {
        self.kept = self.kept.saturating_add(1);
        let most = u8::try_from(cap.most()).unwrap_or(u8::MAX);
        self.limit = self.limit.min(most);
    }

    /// Forgets what no key needs.
    fn trim(&mut self, blocks: &mut Blocks) {
        let starts = self.own.stands().filter_map(|stand| match stand {
            Stand::Kept { from, .. } => Some(from),
            _ => None,
        });
        match starts.min() {
            None => self.run.clear(blocks),
            Some(from) => self.run.forget_before(blocks, from),
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self, blocks: &mut Blocks) {
        self.run.clear(blocks);
    }

    /// Which tie is of this key.
    fn tie_of(&self, form: &Form, bond: Bond) -> Option<usize> {
        let is_of = |tie: &TieForm| self.bond_of(tie) == Some(bond);
        form.ties.iter().position(is_of)
    }

    /// How many events are kept for a key.
    pub(super) fn kept_for(&self, form: &Form, blocks: &Blocks, bond: Bond) -> usize {
        self.sights(blocks, self.tie_of(form, bond)).count()
    }

    fn sights<'b>(
        &self,
        blocks: &'b Blocks,
        tie: Option<usize>,
    ) -> impl Iterator<Item = &'b Sight> + use<'b> {
        let from = match tie.and_then(|at| self.stand(at)) {
            Some(Stand::Kept { from, .. }) => Some(from),
            _ => None,
        };
        from.map(|from| self.run.since(blocks, from))
            .into_iter()
            .flatten()
    }

    /// What its events are to a key, and how many are kept at most; none if none are kept.
    pub(super) fn kept_as(&self, form: &Form, bond: Bond) -> Option<(Facts, Cap)> {
        let at = self.tie_of(form, bond)?;
        let facts = form.ties.get(at)?.facts.facts(self.own.values(), 0);
        match self.stand(at)? {
            Stand::Kept { cap, .. } => Some((facts, cap)),
            _ => None,
        }
    }

    /// The events that are kept for a key.
    pub(super) fn items(
        &self,
        form: &Form,
        blocks: &Blocks,
        bond: Bond,
    ) -> impl Iterator<Item = Item> {
        let at = self.tie_of(form, bond);
        let tie = at.and_then(|at| form.ties.get(at));
        self.sights(blocks, at).filter_map(move |sight| {
            let (entry, trace) = self.run.told(sight);
            Some(Item {
                entry,
                facts: tie?.facts.facts(self.own.values(), trace),
            })
        })
    }

    /// Whether nothing rests on it, and it has not been seen for a while.
    pub(super) const fn is_over(&self, watermark: i64) -> bool {
        self.kept == 0 && self.last <= watermark.saturating_sub(UNSEEN)
    }
}

/// For how long a habit that nothing rests on is remembered, in milliseconds.
const UNSEEN: i64 = 600_000;
