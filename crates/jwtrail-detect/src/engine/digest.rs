mod alike;
mod hashes;
mod writers;

use alike::Alike;
pub(super) use hashes::Hashes;
use writers::Writers;

use super::entry::Entry;
use super::facts::Facts;
use super::habits::Recalled;
use super::table::Row;

/// What the shards have to know of some events, worked out once and without looking at any
/// state that other events change.
#[derive(Debug, Default)]
pub(super) struct Digest {
    pub(super) arrivals: Vec<Arrival>,
    /// Those of the first event, then those of the second, and so on.
    pub(super) touches: Vec<Touch>,
}

/// What need not be worked out for every event.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pub(super) writers: Writers,
    /// Room for what of an event decides what it is.
    pub(super) scratch: Vec<u8>,
    pub(super) hashes: Hashes,
    pub(super) alike: Alike,
    /// Room for what is known of habits.
    pub(super) recalled: Vec<Recalled>,
}

/// One event.
#[derive(Debug)]
pub(super) struct Arrival {
    /// By what the caller knows it.
    pub(super) index: usize,
    /// Milliseconds.
    pub(super) received_at: i64,
    /// In its own time, and of no service where that has no number yet.
    pub(super) entry: Entry,
    /// Whether its service's name has a number.
    pub(super) is_named: bool,
    /// The subject whose signature held.
    pub(super) subject: Option<u128>,
    /// That one was learnt since this time already ([`NEVER`] where it was not after all): it is
    /// not worked out again.
    pub(super) learnt_since: Option<i64>,
    /// The subject that an unverified token claims.
    pub(super) claim: Option<u128>,
    /// Whether we know that one.
    pub(super) claims_known: bool,
    /// Whether its habit was known.
    pub(super) known: bool,
    /// Where it most likely is, if that was looked up.
    pub(super) guess: Option<Row>,
    /// The habit that it is of, and its trace: more of its touches are those of the habit.
    pub(super) habit: Option<(u128, u64)>,
    /// Whether it was observed before.
    pub(super) passed_over: bool,
    /// Where its own touches end, and those of its habit begin, where it may be the first of it.
    pub(super) own: usize,
    /// Where its touches end.
    pub(super) touches: usize,
}

/// One key of one rule that an event is of.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    pub(super) rule: usize,
    /// None where the event lacks what the rule needs.
    pub(super) what: Option<Touched>,
    /// Whether it is the event's first for this rule.
    pub(super) first: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Touched {
    pub(super) lane: usize,
    /// The place of the key's class in the rule.
    pub(super) class: usize,
    pub(super) hash: u128,
    pub(super) facts: Facts,
}

/// An event with its touches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digested<'d> {
    pub(super) arrival: &'d Arrival,
    pub(super) own: &'d [Touch],
    /// Those of its habit, where they had to be worked out.
    pub(super) of_habit: &'d [Touch],
}

/// No subject was learnt since then.
pub(super) const NEVER: i64 = i64::MIN;

impl Digest {
    pub(super) fn clear(&mut self) {
        self.arrivals.clear();
        self.touches.clear();
    }

    /// Each event with its touches.
    pub(super) fn iter(&self) -> impl Iterator<Item = Digested<'_>> + Clone {
        let mut from = 0;
        self.arrivals.iter().map(move |arrival| {
            let own = self.touches.get(from..arrival.own).unwrap_or_default();
            let of_habit = self.touches.get(arrival.own..arrival.touches);
            from = arrival.touches;
            Digested {
                arrival,
                own,
                of_habit: of_habit.unwrap_or_default(),
            }
        })
    }
}
