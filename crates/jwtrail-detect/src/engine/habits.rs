mod few;
mod habit;
mod patterns;

pub(super) use few::Few;
pub(super) use habit::{Bond, Habit, Stand, Tie};
pub(super) use patterns::{Count, Patterns};

use super::entry::Item;
use super::facts::Facts;
use super::table::{Row, Table};
use crate::rule::{LeafSet, Plan};

/// What actors do again and again.
///
/// Nearly all events are like one before: the same token from the same place, to the rules the
/// same in all but time and trace. A key that has seen only such events can't have met its rule
/// ([`crate::rule::Plan::is_quiet`]), so they need not be judged: they are kept once, with the
/// habit that they belong to, for all keys of all rules that they concern. What they are to a
/// key is worked out when something else happens to it.
///
/// A habit is known by a hash of all that decides what its events are to the rules. Nothing that
/// the engine says depends on whether an event was kept or judged: only events that are above
/// the watermark when they come are kept, and those may come in any order.
#[derive(Debug)]
pub(super) struct Habits {
    table: Table<Habit>,
    pub(super) patterns: Patterns,
    /// Where the next habit that nobody has any more is looked for.
    hand: u32,
}

impl Habits {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
            patterns: Patterns::default(),
            hand: 0,
        }
    }

    pub(super) fn find(&self, signature: u128) -> Option<Row> {
        self.table.find(signature)
    }

    /// The time of a habit's latest event.
    pub(super) fn last_of(&self, signature: u128) -> Option<i64> {
        Some(self.get(self.find(signature)?)?.last)
    }

    pub(super) fn get(&self, habit: Row) -> Option<&Habit> {
        self.table.get(habit).map(|(_, habit)| habit)
    }

    pub(super) fn get_mut(&mut self, habit: Row) -> Option<&mut Habit> {
        self.table.get_mut(habit).map(|(_, habit)| habit)
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
                self.table.remove(signature);
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

    /// How many events they keep for a key.
    pub(super) fn count(&self, of: Few, bond: Bond) -> usize {
        let habits = of.iter().filter_map(|habit| self.get(habit));
        habits.map(|habit| habit.kept_for(bond)).sum()
    }

    /// The events that they keep for a key, in the order of their arrival.
    pub(super) fn items(&self, of: Few, bond: Bond) -> Vec<Item> {
        let habits = of.iter().filter_map(|habit| self.get(habit));
        let mut items: Vec<Item> = habits.flat_map(|habit| habit.items(bond)).collect();
        items.sort_by_key(|item| item.entry.position);
        items
    }

    /// The key is judged event by event from now on.
    pub(super) fn part(&mut self, of: Few, bond: Bond) {
        for habit in of.iter() {
            if let Some(habit) = self.get_mut(habit) {
                habit.part(bond);
            }
        }
    }

    /// The key is forgotten.
    pub(super) fn lose(&mut self, of: Few, bond: Bond) {
        for habit in of.iter() {
            if let Some(habit) = self.get_mut(habit) {
                habit.lose(bond);
            }
        }
    }

    /// Whether a key that has these habits is as quiet with one more, where its facts are these.
    pub(super) fn go_together(&self, plan: &Plan, of: Few, bond: Bond, facts: &Facts) -> bool {
        let others = || {
            let habits = of.iter().filter_map(|habit| self.get(habit));
            habits.filter_map(|habit| habit.facts(bond))
        };
        let mut leaves: LeafSet = facts.leaves;
        for other in others() {
            leaves = leaves.with(other.leaves);
        }
        others().all(|other| other.tells_the_same(facts))
            && plan.is_quiet(leaves, &|need| facts.count(need))
    }
}

/// So many may be remembered though nothing rests on them.
const MANY: usize = 8_192;
/// How many are looked at for each one that is added, so that they never pile up.
const LOOKED_AT: usize = 2;

#[cfg(test)]
mod tests {
    use super::{Habit, Habits, MANY};

    #[test]
    fn what_nothing_rests_on_does_not_pile_up() {
        let mut habits = Habits::new();
        for number in 0..100_000_u128 {
            let signature = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            habits.add(signature, Habit::new(Vec::new(), 0), 0);
        }
        assert!(habits.len() <= MANY + 1, "{}", habits.len());
    }
}
