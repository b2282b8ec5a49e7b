use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::company::{Company, Presented};
use crate::engine::entry::{Entry, Item};
use crate::engine::facts::Source;
use crate::rule::{Plan, Shape, Step};

/// A, B, A and so on: one source, then another that differs from it in all that has to differ,
/// then the first again, all within the window.
///
/// Of each pair of sources the latest turns are kept, each by the last use in a row: any
/// earlier ones would leave the window sooner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct InterleavedWindow {
    /// The sources, the latest used last.
    sources: Vec<Used>,
    /// Nothing while all uses were of one source.
    pairs: Vec<Pair>,
    company: Company,
    met: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Used {
    source: Source,
    last: Entry,
}

/// Two sources and their turns.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pair {
    one: Source,
    other: Source,
    turns: VecDeque<Entry>,
    /// Whether the last turn was the one's.
    ones_turn: bool,
}

impl InterleavedWindow {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::Interleaved { of, need, turns } = step.shape else {
            return Verdict::Ignored;
        };
        let Some(source) = item.facts.source(need) else {
            return Verdict::Ignored;
        };
        if !item.facts.leaves.meets(of) {
            return Verdict::Ignored;
        }
        match self.company.present(source) {
            Presented::New => {}
            Presented::Known => return Verdict::Ignored,
            Presented::Joins(_) => {
                let company = &self.company;
                let apart = |pair: &Pair| company.of(&pair.one) != company.of(&pair.other);
                self.pairs.retain(apart);
                return Verdict::Ignored;
            }
        }
        let entry = item.entry;
        let oldest = entry.time.saturating_sub(step.window);
        self.sources.retain(|used| used.last.time > oldest);
        let recent = |turns: &VecDeque<Entry>| turns.back().is_some_and(|e| e.time > oldest);
        self.pairs.retain(|pair| recent(&pair.turns));
        for used in &self.sources {
            let apart = self.company.of(&used.source) != self.company.of(source);
            if apart && differ(&used.source, source) {
                take_turn(&mut self.pairs, used, source, entry, turns);
            }
        }
        let met = self
            .pairs
            .iter()
            .filter(|pair| pair.is_whole(source, turns, oldest));
        let latest = met.max_by_key(|pair| pair.turns.iter().rev().nth(1).map(Entry::order));
        let is_met = latest.is_some();
        if let Some(pair) = latest {
            self.met = pair.turns.iter().copied().collect();
        }
        self.sources
            .retain(|used| !same_place(&used.source, source));
        if self.sources.is_empty() {
            // Most tokens have one source.
            self.sources.reserve_exact(1);
        }
        self.sources.push(Used {
            source: *source,
            last: entry,
        });
        if self.sources.len() > plan.max_entries.min(MAX_SOURCES) {
            self.sources.remove(0);
        }
        while self.pairs.len() > plan.max_entries.min(MAX_PAIRS) {
            self.pairs.remove(0);
        }
        Verdict::met(is_met)
    }

    /// Whether there is more than one source.
    pub(super) fn may_meet(&self, step: &Step, items: &VecDeque<Item>) -> bool {
        let Shape::Interleaved { need, .. } = step.shape else {
            return true;
        };
        let known = self.sources.iter().map(|used| &used.source);
        let new = items.iter().filter_map(|item| item.facts.source(need));
        let mut sources = known.chain(new);
        let first = sources.next();
        !self.pairs.is_empty()
            || first.is_some_and(|first| sources.any(|other| !same_place(first, other)))
    }

    pub(super) fn evidence(&self) -> Vec<Entry> {
        self.met.clone()
    }

    pub(super) fn restart(&mut self) {
        *self = Self {
            company: std::mem::take(&mut self.company),
            ..Self::default()
        };
    }

    pub(super) fn len(&self) -> usize {
        let turns: usize = self.pairs.iter().map(|pair| pair.turns.len()).sum();
        self.sources.len().saturating_add(turns)
    }
}

/// Notes a use by `source` in its pair with a source used before.
fn take_turn(pairs: &mut Vec<Pair>, before: &Used, source: &Source, entry: Entry, turns: usize) {
    let of_both = |pair: &&mut Pair| {
        (same_place(&pair.one, source) && same_place(&pair.other, &before.source))
            || (same_place(&pair.other, source) && same_place(&pair.one, &before.source))
    };
    let Some(pair) = pairs.iter_mut().find(of_both) else {
        pairs.push(Pair {
            one: before.source,
            other: *source,
            turns: VecDeque::from([before.last, entry]),
            ones_turn: false,
        });
        return;
    };
    let is_one = same_place(&pair.one, source);
    if pair.ones_turn == is_one {
        pair.turns.pop_back();
    } else if let Some(turn) = pair.turns.back_mut() {
        // It went on while the other one was out of sight.
        *turn = before.last;
    }
    pair.turns.push_back(entry);
    pair.ones_turn = is_one;
    while pair.turns.len() > turns {
        pair.turns.pop_front();
    }
}

impl Pair {
    /// Whether the turns are all there, and the last one is this source's.
    fn is_whole(&self, source: &Source, turns: usize, oldest: i64) -> bool {
        let last = if self.ones_turn {
            &self.one
        } else {
            &self.other
        };
        same_place(last, source)
            && self.turns.len() >= turns
            && self.turns.front().is_some_and(|first| first.time > oldest)
    }
}

const fn same_place(a: &Source, b: &Source) -> bool {
    a.place == b.place && a.kind == b.kind
}

/// A kind of 0 is one that nobody asked for.
const fn differ(a: &Source, b: &Source) -> bool {
    a.place != b.place && (a.kind != b.kind || a.kind == 0)
}

/// A token that is used from more places than this has met any rule about it.
const MAX_SOURCES: usize = 32;
const MAX_PAIRS: usize = 64;
