use super::form::{Form, TieForm};
use super::run::{FURTHEST, Run, Sight};
use super::{Bond, Forming};
use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Facts;

/// One habit: what its events are to the rules, and those that are kept.
#[derive(Debug)]
pub(in crate::engine) struct Habit {
    run: Run,
    /// The hashes of the keys that its events concern.
    keys: Box<[u128]>,
    /// What its events have of values that a rule asks for.
    values: Box<[u64]>,
    /// How things stand with each of its form's ties.
    stands: Box<[Packed]>,
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

/// How things stand between a habit and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Stand {
    /// The key is not known.
    Unknown,
    /// Its events are judged one by one.
    Judged,
    /// Events are kept for it, from so far after the first on.
    Kept { from: u32, cap: Cap },
}

/// How many events can be kept for a key without being judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Cap {
    /// A key with more is a busy one.
    Many,
    Some,
    One,
}

impl Cap {
    pub(in crate::engine) const ALL: [Self; 3] = [Self::Many, Self::Some, Self::One];

    pub(in crate::engine) const fn most(self) -> usize {
        match self {
            Self::Many => 64,
            Self::Some => 4,
            Self::One => 1,
        }
    }
}

/// The same in less room.
#[derive(Clone, Copy, Debug)]
struct Packed(u32);

impl From<Stand> for Packed {
    fn from(stand: Stand) -> Self {
        Self(match stand {
            Stand::Unknown => 0,
            Stand::Judged => JUDGED,
            Stand::Kept { from, cap } => from << CAP_BITS | (cap as u32 + 1),
        })
    }
}

impl From<Packed> for Stand {
    fn from(Packed(packed): Packed) -> Self {
        let cap = match packed & ((1 << CAP_BITS) - 1) {
            0 if packed == JUDGED => return Self::Judged,
            0 => return Self::Unknown,
            1 => Cap::Many,
            2 => Cap::Some,
            _ => Cap::One,
        };
        Self::Kept {
            from: packed >> CAP_BITS,
            cap,
        }
    }
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
    pub(super) fn new(forming: Forming, form: u32, ties: usize) -> Self {
        Self {
            run: Run::default(),
            keys: forming.keys.into(),
            values: forming.values.into_boxed(),
            stands: vec![Packed::from(Stand::Unknown); ties].into(),
            last: i64::MIN,
            form,
            kept: 0,
            limit: u8::MAX,
            is_whole: ties == 0,
        }
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
    pub(in crate::engine) fn see(&mut self, entry: &Entry, trace: u64) {
        self.last = self.last.max(entry.time);
        if self.kept > 0 {
            self.run.push(entry, trace);
        }
    }

    /// How things stand with the key of a tie.
    pub(super) fn stand(&self, at: usize) -> Option<Stand> {
        self.stands.get(at).map(|stand| Stand::from(*stand))
    }

    /// Keeps so many of the events of a tie's key from this one on, or has them judged.
    pub(in crate::engine) fn tie(&mut self, at: usize, cap: Option<Cap>, from: &Entry) {
        self.run.begin(from);
        let from = self.run.distance(from.position);
        let kept = from.zip(cap).map(|(from, cap)| Stand::Kept { from, cap });
        self.set(at, kept.unwrap_or(Stand::Judged));
    }

    /// The keys for which it keeps as much as it can, or all that it keeps events for.
    pub(super) fn kept(&self, form: &Form, all: bool) -> Vec<Bond> {
        let kept = form.ties.iter().zip(&self.stands);
        let kept = kept.filter(|(_, stand)| match Stand::from(**stand) {
            Stand::Kept { from, cap } => all || self.run.since(from).len() >= cap.most(),
            _ => false,
        });
        kept.filter_map(|(tie, _)| tie.bond(&self.keys)).collect()
    }

    /// The key of a tie.
    pub(super) fn bond(&self, form: &Form, at: usize) -> Option<Bond> {
        form.ties.get(at)?.bond(&self.keys)
    }

    /// The values of its events.
    pub(super) const fn values(&self) -> &[u64] {
        &self.values
    }

    /// Breaks with a key.
    pub(super) fn untie(&mut self, form: &Form, bond: Bond, stand: Stand) {
        if let Some(at) = self.tie_of(form, bond) {
            self.set(at, stand);
            self.trim();
        }
    }

    /// Says how things stand with a key.
    fn set(&mut self, at: usize, stand: Stand) {
        if let Some(former) = self.stands.get_mut(at) {
            *former = stand.into();
        }
        let kept = self.starts().count();
        let least = self.starts().map(|(_, cap)| cap.most()).min();
        self.kept = u16::try_from(kept).unwrap_or(u16::MAX);
        self.limit = least
            .and_then(|least| u8::try_from(least).ok())
            .unwrap_or(u8::MAX);
        self.is_whole = kept == self.stands.len();
    }

    /// From where on each key that is kept needs its events, and how many it can do with.
    fn starts(&self) -> impl Iterator<Item = (u32, Cap)> {
        let stands = self.stands.iter().map(|stand| Stand::from(*stand));
        stands.filter_map(|stand| match stand {
            Stand::Kept { from, cap } => Some((from, cap)),
            _ => None,
        })
    }

    /// Forgets what no key needs.
    fn trim(&mut self) {
        match self.starts().map(|(from, _)| from).min() {
            None => self.run.clear(),
            Some(from) => self.run.forget_before(from),
        }
    }

    /// Which tie is of this key.
    fn tie_of(&self, form: &Form, bond: Bond) -> Option<usize> {
        let is_of = |tie: &TieForm| tie.bond(&self.keys) == Some(bond);
        form.ties.iter().position(is_of)
    }

    /// How many events are kept for a key.
    pub(super) fn kept_for(&self, form: &Form, bond: Bond) -> usize {
        self.sights(self.tie_of(form, bond)).len()
    }

    fn sights(&self, tie: Option<usize>) -> &[Sight] {
        match tie.and_then(|at| self.stand(at)) {
            Some(Stand::Kept { from, .. }) => self.run.since(from),
            _ => &[],
        }
    }

    /// What its events are to a key, and how many are kept at most; none if none are kept.
    pub(super) fn kept_as(&self, form: &Form, bond: Bond) -> Option<(Facts, Cap)> {
        let at = self.tie_of(form, bond)?;
        let facts = form.ties.get(at)?.facts.facts(&self.values, 0);
        match self.stand(at)? {
            Stand::Kept { cap, .. } => Some((facts, cap)),
            _ => None,
        }
    }

    /// The events that are kept for a key.
    pub(super) fn items(&self, form: &Form, bond: Bond) -> impl Iterator<Item = Item> {
        let at = self.tie_of(form, bond);
        let tie = at.and_then(|at| form.ties.get(at));
        self.sights(at).iter().filter_map(move |sight| {
            let (entry, trace) = self.run.told(sight);
            Some(Item {
                entry,
                facts: tie?.facts.facts(&self.values, trace),
            })
        })
    }

    /// Whether nothing rests on it, and it has not been seen for a while.
    pub(super) const fn is_over(&self, watermark: i64) -> bool {
        self.kept == 0 && self.last <= watermark.saturating_sub(UNSEEN)
    }
}

const CAP_BITS: u32 = 2;
const JUDGED: u32 = 1 << CAP_BITS;
const _: () = assert!(FURTHEST <= u32::MAX >> CAP_BITS, "it has the other bits");

/// For how long a habit that nothing rests on is remembered, in milliseconds.
const UNSEEN: i64 = 600_000;
