mod few;
mod form;
mod habit;
mod own;
mod run;

use std::hint::black_box;

pub(super) use few::Few;
pub(super) use form::Forming;
pub(super) use habit::{Habit, Room};
pub(super) use own::{Cap, Stand};

use form::{Form, Forms};
use run::Blocks;

use super::entry::{Entry, Item};
use super::facts::Facts;
use super::table::{Row, Table};
use crate::rule::{Plan, Seen};

/// What actors do again and again.
///
/// Nearly all events are like one before: the same token from the same place, to the rules the
/// same in all but time and trace. A key that has seen only such events, or too few of others,
/// can't have met its rule ([`crate::rule::Plan::is_quiet`]), so they need not be judged: they
/// are kept once, with the habit that they belong to, for all keys of all rules that they
/// concern. What they are to a key is worked out when something else happens to it.
///
/// A habit is known by a hash of all that decides what its events are to the rules. Nothing that
/// the engine says depends on whether an event was kept or judged: only events that are above
/// the watermark when they come are kept, and those may come in any order.
#[derive(Debug)]
pub(super) struct Habits {
    table: Table<Habit>,
    pub(super) forms: Forms,
    blocks: Blocks,
    /// Where the next habit that nobody has any more is looked for.
    hand: u32,
}

impl Habits {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
            forms: Forms::default(),
            blocks: Blocks::new(),
            hand: 0,
        }
    }

    /// A habit, which is most likely in this row.
    pub(super) fn find(&self, signature: u128, guess: Option<Row>) -> Option<Row> {
        self.table.find_near(signature, guess)
    }

    /// None where there is no such habit; where there is, its row, but for a chance in many
    /// millions.
    fn guess(&self, signature: u128) -> Option<Row> {
        self.table.guess(signature)
    }

    /// Looks some habits up, and says which subjects have been learnt since a time.
    pub(super) fn recall(&self, habits: &mut [Recalled], learnt_since: i64) {
        self.look_up(habits);
        for habit in habits {
            let found = habit.signature.and_then(|s| self.find(s, habit.guess));
            let last = found.and_then(|found| Some(self.get(found)?.last));
            // An event of the same subject since then has taught it already.
            habit.learnt = last.is_some_and(|last| last > learnt_since);
        }
    }

    /// Looks some habits up. They are far apart in memory: one look after the other has the
    /// machine fetch them together, before each is waited for.
    pub(super) fn look_up(&self, habits: &mut [Recalled]) {
        for signature in habits.iter().filter_map(|habit| habit.signature) {
            black_box(self.table.begin(signature));
        }
        for habit in habits.iter_mut() {
            habit.guess = habit.signature.and_then(|signature| self.guess(signature));
            habit.known = habit.guess.is_some();
        }
        let rows = || habits.iter().filter_map(|habit| habit.guess);
        for (signature, habit) in rows().filter_map(|row| self.table.get(row)) {
            // They may be on both sides of where the machine parts what it fetches.
            black_box((signature, habit.last));
        }
        for habit in rows().filter_map(|row| self.get(row)) {
            black_box(habit.fetch(&self.blocks));
        }
    }

    fn get(&self, habit: Row) -> Option<&Habit> {
        self.table.get(habit).map(|(_, habit)| habit)
    }

    /// A habit and what it has in common with others.
    fn formed(&self, habit: Row) -> Option<(&Form, &Habit)> {
        let habit = self.get(habit)?;
        Some((self.forms.get(habit.form)?, habit))
    }

    pub(super) fn get_mut(&mut self, habit: Row) -> Option<&mut Habit> {
        self.table.get_mut(habit).map(|(_, habit)| habit)
    }

    /// A habit that nothing is kept of yet; none where it can't be told shortly, or where there
    /// are too many unlike others.
    pub(super) fn make(&mut self, mut forming: Forming) -> Option<Habit> {
        let form = self.forms.number(std::mem::take(&mut forming.form))?;
        let ties = self.forms.get(form)?.ties.len();
        Habit::new(&forming, form, ties)
    }

    /// Takes note of an event of a habit, and keeps it if it has to.
    pub(super) fn see(&mut self, habit: Row, entry: &Entry, trace: u64) {
        if let Some((_, habit)) = self.table.get_mut(habit) {
            habit.see(&mut self.blocks, entry, trace);
        }
    }

    /// Takes note of an event and keeps it, if that is all that there is to do for its habit.
    /// False where it is not, and nothing was done.
    #[inline]
    pub(super) fn keep(&mut self, habit: Row, entry: &Entry, trace: u64) -> bool {
        let Some((_, known)) = self.table.get_mut(habit) else {
            return false;
        };
        if !known.is_whole() || known.room(entry) != Room::Enough {
            return false;
        }
        known.see(&mut self.blocks, entry, trace);
        self.forms.count(known.form);
        true
    }

    /// Adds one that is not there yet, and forgets one or two that nothing rests on: at once
    /// where there are many, or whoever does something new each time would fill the memory.
    pub(super) fn add(&mut self, signature: u128, habit: Habit, watermark: i64) -> Row {
        for _ in 0..LOOKED_AT {
            self.hand = if self.hand < self.table.rows() {
                self.hand + 1
            } else {
                0
            };
            let many = self.table.len() > MANY;
            if let Some((signature, habit)) = self.table.at(self.hand)
                && habit.is_over(if many { i64::MAX } else { watermark })
            {
                let removed = self.table.remove(signature);
                if let Some(mut habit) = removed {
                    habit.clear(&mut self.blocks);
                }
            }
        }
        self.table.insert(signature, habit)
    }

    /// When one of these was seen last.
    pub(super) fn last(&self, of: Few) -> i64 {
        let last = of.iter().filter_map(|habit| Some(self.get(habit)?.last));
        last.max().unwrap_or(i64::MIN)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.table.len()
    }

    /// How things stand between a habit and the key of one of its ties; none where there are no
    /// more ties.
    pub(super) fn stand(&self, habit: Row, at: usize) -> Option<(Bond, Stand)> {
        let (form, habit) = self.formed(habit)?;
        Some((habit.bond(form, at)?, habit.stand(at)?))
    }

    /// The number of the rule of one of a habit's ties.
    pub(super) fn rule(&self, habit: Row, at: usize) -> Option<usize> {
        let (form, _) = self.formed(habit)?;
        Some(form.ties.get(at)?.rule as usize)
    }

    /// One of a habit's ties, with the facts of an event of this trace.
    pub(super) fn tie(&self, habit: Row, at: usize, trace: u64) -> Option<Tie> {
        let (form, habit) = self.formed(habit)?;
        let tie = form.ties.get(at)?;
        Some(Tie {
            bond: habit.bond(form, at)?,
            rule: tie.rule as usize,
            class: usize::from(tie.class),
            facts: tie.facts.facts(habit.values(), trace),
        })
    }

    /// The keys for which a habit keeps as much as it can, or all that it keeps events for.
    pub(super) fn kept(&self, habit: Row, all: bool) -> Vec<Bond> {
        let formed = self.formed(habit);
        let kept = formed.map(|(form, habit)| habit.kept(form, &self.blocks, all));
        kept.unwrap_or_default()
    }

    /// How many events they keep for a key.
    pub(super) fn count(&self, of: Few, bond: Bond) -> usize {
        let habits = of.iter().filter_map(|habit| self.formed(habit));
        habits
            .map(|(form, habit)| habit.kept_for(form, &self.blocks, bond))
            .sum()
    }

    /// The events that they keep for a key, in the order of their arrival.
    pub(super) fn items(&self, of: Few, bond: Bond) -> Vec<Item> {
        let habits = of.iter().filter_map(|habit| self.formed(habit));
        let mut items: Vec<Item> = habits
            .flat_map(|(form, habit)| habit.items(form, &self.blocks, bond))
            .collect();
        items.sort_by_key(|item| item.entry.position);
        items
    }

    /// The key is judged event by event from now on.
    pub(super) fn part(&mut self, of: Few, bond: Bond) {
        self.untie(of, bond, Stand::Judged);
    }

    /// The key is forgotten.
    pub(super) fn lose(&mut self, of: Few, bond: Bond) {
        self.untie(of, bond, Stand::Unknown);
    }

    fn untie(&mut self, of: Few, bond: Bond, stand: Stand) {
        for habit in of.iter() {
            if let Some((_, habit)) = self.table.get_mut(habit)
                && let Some(form) = self.forms.get(habit.form)
            {
                habit.untie(form, &mut self.blocks, bond, stand);
            }
        }
    }

    /// How many events can be kept of a habit of a key that has no other: as many for all habits
    /// of one form, whatever their values are.
    pub(super) fn cap_alone(&mut self, plan: &Plan, habit: Row, at: usize) -> Option<Cap> {
        let form = self.get(habit)?.form;
        if let Some(known) = self.forms.cap(form, at) {
            return known;
        }
        let tie = self.tie(habit, at, 0)?;
        let cap = self.cap(plan, Few::NONE, tie.bond, &tie.facts);
        self.forms.set_cap(form, at, cap);
        cap
    }

    /// How many events can be kept of one more habit of a key that has these, where its facts
    /// are such, without that they could meet the rule; none where not even one can.
    pub(super) fn cap(&self, plan: &Plan, of: Few, bond: Bond, facts: &Facts) -> Option<Cap> {
        let habits = of.iter().filter_map(|habit| self.formed(habit));
        let others = habits.filter_map(|(form, habit)| habit.kept_as(form, bond));
        let others: Vec<(Facts, Cap)> = others.collect();
        let each = || others.iter().map(|(facts, _)| facts).chain([facts]);
        let values = |need| each().map(|facts| facts.count(need)).max().unwrap_or(0);
        let alike = |need| {
            let mut told = each().filter(|facts| facts.count(need) > 0);
            let first = told.next();
            told.all(|facts| first.is_some_and(|first| first.tells_the_same(facts, need)))
        };
        let fits = |cap: &Cap| {
            let count = |leaves| {
                let own = (facts, *cap);
                let all = others.iter().map(|(facts, cap)| (facts, *cap)).chain([own]);
                let of_leaves = all.filter(|(facts, _)| facts.leaves.meets(leaves));
                of_leaves.map(|(_, cap)| cap.most()).sum()
            };
            plan.is_quiet(Seen {
                count: &count,
                values: &values,
                alike: &alike,
            })
        };
        Cap::ALL.into_iter().find(fits)
    }
}

/// What is known of a habit before its event is judged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recalled {
    /// None where the event is of no habit.
    pub(super) signature: Option<u128>,
    pub(super) known: bool,
    /// Where it most likely is.
    pub(super) guess: Option<Row>,
    /// Whether its subject is known to have been learnt.
    pub(super) learnt: bool,
}

/// Where a key is: its lane's place in the shard, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bond {
    pub(super) lane: u32,
    pub(super) hash: u128,
}

/// A key of a rule that a habit's events concern.
#[derive(Clone, Debug)]
pub(super) struct Tie {
    pub(super) bond: Bond,
    /// The rule's number.
    pub(super) rule: usize,
    /// The place of the key's class in the rule.
    pub(super) class: usize,
    pub(super) facts: Facts,
}

/// So many may be remembered though nothing rests on them.
const MANY: usize = 8_192;
/// How many are looked at for each one that is added, so that they never pile up.
const LOOKED_AT: usize = 2;

#[cfg(test)]
mod tests {
    use super::{Forming, Habits, MANY};

    #[test]
    fn what_nothing_rests_on_does_not_pile_up() {
        let mut habits = Habits::new();
        for number in 0..100_000_u128 {
            let signature = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let habit = habits.make(Forming::new()).unwrap();
            habits.add(signature, habit, 0);
        }
        assert!(habits.len() <= MANY + 1, "{}", habits.len());
    }
}
