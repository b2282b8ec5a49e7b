use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::engine::entry::{Entry, Item};
use crate::rule::{Plan, Shape, Statistic, Step};

/// The numbers of a window: exact within the budget of entries, of the latest ones beyond it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct StatisticWindow {
    /// In final order.
    numbers: VecDeque<(Entry, i64)>,
}

impl StatisticWindow {
    pub(super) fn push(&mut self, plan: &Plan, step: &Step, item: &Item) -> Verdict {
        let Shape::Statistic {
            of,
            need,
            statistic,
            ref bound,
        } = step.shape
        else {
            return Verdict::Ignored;
        };
        let number = item.facts.number(need);
        let Some(number) = number.filter(|_| item.facts.leaves.meets(of)) else {
            return Verdict::Ignored;
        };
        let later = |(entry, _): &&(Entry, i64)| entry.order() > item.entry.order();
        let behind = self.numbers.iter().rev().take_while(later).count();
        let at = self.numbers.len() - behind;
        self.numbers.insert(at, (item.entry, number));
        let newest = self
            .numbers
            .back()
            .map_or(i64::MIN, |(entry, _)| entry.time);
        let oldest = newest.saturating_sub(step.window);
        let gone = |(entry, _): &(Entry, i64)| entry.time <= oldest;
        while self.numbers.front().is_some_and(gone) || self.numbers.len() > plan.max_entries {
            self.numbers.pop_front();
        }
        let (number, of) = self.value(statistic);
        if bound.holds_fraction(number, of) {
            Verdict::Met
        } else {
            Verdict::Ignored
        }
    }

    /// As a fraction.
    fn value(&self, statistic: Statistic) -> (i128, i128) {
        let numbers = self.numbers.iter().map(|(_, number)| *number);
        let count = self.numbers.len();
        match statistic {
            Statistic::Sum => (numbers.map(i128::from).sum(), 1),
            Statistic::Average => {
                let count = i128::try_from(count.max(1)).unwrap_or(1);
                (numbers.map(i128::from).sum(), count)
            }
            Statistic::Median => {
                let sorted = sorted(numbers);
                let at = |place: usize| i128::from(sorted.get(place).copied().unwrap_or(0));
                (at(count.saturating_sub(1) / 2) + at(count / 2), 2)
            }
            Statistic::Percentile(rank) => {
                let sorted = sorted(numbers);
                // The nearest rank: ceil(p / 100 * n), counted from 1.
                let rank = usize::try_from(rank).unwrap_or(100).min(100);
                let place = (rank * count).div_ceil(100).max(1) - 1;
                (sorted.get(place).copied().unwrap_or(0).into(), 1)
            }
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.numbers.iter().map(|(entry, _)| *entry)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

fn sorted(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut sorted: Vec<i64> = numbers.collect();
    sorted.sort_unstable();
    sorted
}
