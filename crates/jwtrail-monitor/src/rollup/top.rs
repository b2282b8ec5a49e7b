use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The most frequent names, in bounded memory.
///
/// At twice the bound the lesser half is forgotten, so a name that comes late and often is
/// still counted from then on; counts are never too high.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Top(HashMap<String, Tally>);

/// How often, and how often it failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    #[serde(rename = "c")]
    pub(crate) count: u64,
    #[serde(rename = "f")]
    pub(crate) failed: u64,
}

impl Top {
    pub(crate) fn add(&mut self, name: &str, tally: Tally) {
        if let Some(known) = self.0.get_mut(name) {
            known.count += tally.count;
            known.failed += tally.failed;
            return;
        }
        if self.0.len() >= 2 * KEPT {
            self.forget_the_lesser_half();
        }
        self.0.insert(name.to_owned(), tally);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (name, tally) in &other.0 {
            self.add(name, *tally);
        }
    }

    /// The first so many: the most frequent first, then by name.
    pub(crate) fn first(&self, most: usize) -> Vec<(&str, Tally)> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .map(|(name, tally)| (name.as_str(), *tally))
            .collect();
        all.sort_unstable_by(|one, other| {
            let by_count = other.1.count.cmp(&one.1.count);
            by_count.then_with(|| one.0.cmp(other.0))
        });
        all.truncate(most);
        all
    }

    fn forget_the_lesser_half(&mut self) {
        let mut counts: Vec<u64> = self.0.values().map(|tally| tally.count).collect();
        let at = counts.len().saturating_sub(KEPT);
        let (_, bound, _) = counts.select_nth_unstable(at);
        let bound = *bound;
        let mut room = KEPT - self.0.values().filter(|tally| tally.count > bound).count();
        self.0.retain(|_, tally| {
            if tally.count == bound && room > 0 {
                room -= 1;
                return true;
            }
            tally.count > bound
        });
    }
}

/// Names that are kept at least.
const KEPT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Tally = Tally {
        count: 1,
        failed: 1,
    };

    #[test]
    fn memory_is_bounded_and_the_frequent_stay() {
        let mut top = Top::default();
        for round in 0..10_000 {
            top.add(&format!("rare-{round}"), ONE);
            top.add("often", ONE);
        }
        assert!(top.0.len() <= 2 * KEPT);
        let first = top.first(2);
        assert_eq!(
            first[0],
            (
                "often",
                Tally {
                    count: 10_000,
                    failed: 10_000
                }
            )
        );
        assert_eq!(first[1].1, ONE);
    }

    #[test]
    fn who_comes_late_and_often_is_found() {
        let mut top = Top::default();
        for round in 0..10_000 {
            top.add(&format!("rare-{round}"), ONE);
        }
        for _ in 0..50 {
            top.add("late", ONE);
        }
        assert_eq!(
            top.first(1),
            [(
                "late",
                Tally {
                    count: 50,
                    failed: 50
                }
            )]
        );
    }

    #[test]
    fn merging_adds_up() {
        let (mut one, mut other) = (Top::default(), Top::default());
        one.add(
            "a",
            Tally {
                count: 2,
                failed: 0,
            },
        );
        other.add("a", ONE);
        other.add("b", ONE);
        one.merge(&other);
        let first = one.first(9);
        assert_eq!(
            first,
            [
                (
                    "a",
                    Tally {
                        count: 3,
                        failed: 1
                    }
                ),
                ("b", ONE)
            ]
        );
    }
}
