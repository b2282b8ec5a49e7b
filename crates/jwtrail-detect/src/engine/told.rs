use std::hint::black_box;

use super::habits::Recalled;

/// Habits of which an event was noted: enough to work out further events of them by, while the
/// shards go on with the habits themselves. Where one is missing, its events are worked out once
/// more than they had to be.
#[derive(Debug)]
pub(super) struct Told {
    /// Halves of signatures: a collision costs little here. The latest come first.
    lines: Vec<Line>,
    /// How many were lost for want of room since it grew.
    lost: usize,
    /// Since when the subjects of all these habits have been learnt.
    learnt_since: i64,
}

/// As much as the machine fetches at once.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

impl Told {
    pub(super) fn new() -> Self {
        Self {
            lines: vec![Line::default(); LEAST],
            lost: 0,
            learnt_since: i64::MIN,
        }
    }

    /// Says of some habits whether an event of them was noted, and their subjects have been learnt
    /// since then.
    pub(super) fn recall(&self, habits: &mut [Recalled], learnt_since: i64) {
        for signature in habits.iter().filter_map(|habit| habit.signature) {
            // Looked up one after the other, the machine fetches them together.
            let line = self.lines.get(self.place(half(signature)));
            black_box(line.map(|line| line.0[0]));
        }
        for habit in habits {
            let knows = |signature| self.knows(signature, learnt_since);
            habit.known = habit.signature.is_some_and(knows);
            habit.learnt = habit.known;
        }
    }

    fn knows(&self, signature: u128, learnt_since: i64) -> bool {
        let half = half(signature);
        let line = self.lines.get(self.place(half));
        self.learnt_since == learnt_since && line.is_some_and(|line| line.0.contains(&half))
    }

    /// Says that an event of the habit was noted, and that its subject has been learnt since
    /// then.
    pub(super) fn note(&mut self, signature: u128, learnt_since: i64) {
        if self.learnt_since != learnt_since {
            self.learnt_since = learnt_since;
            self.lines.fill(Line::default());
        }
        self.add(half(signature));
        if self.lost > self.lines.len() / 4 && self.lines.len() < MOST {
            let room = vec![Line::default(); self.lines.len() * 2];
            let halves = std::mem::replace(&mut self.lines, room).into_iter();
            halves
                .flat_map(|line| line.0)
                .for_each(|half| self.add(half));
            self.lost = 0;
        }
    }

    fn add(&mut self, half: u64) {
        let at = self.place(half);
        let Some(Line(line)) = self.lines.get_mut(at) else {
            return;
        };
        let known = line.iter().position(|known| *known == half);
        let [.., last] = *line;
        self.lost += usize::from(known.is_none() && last != 0);
        line.copy_within(..known.unwrap_or(7), 1);
        line[0] = half;
    }

    const fn place(&self, half: u64) -> usize {
        half as usize & (self.lines.len() - 1)
    }
}

const fn half(signature: u128) -> u64 {
    signature as u64
}

/// Powers of two.
const LEAST: usize = 1 << 9;
const MOST: usize = 1 << 17;

#[cfg(test)]
mod tests {
    use super::{LEAST, Told};

    #[test]
    fn the_latest_are_known_until_their_subjects_are_forgotten() {
        let mut told = Told::new();
        assert!(!told.knows(7, 1));
        told.note(7, 1);
        assert!(told.knows(7, 1) && !told.knows(7, 2));
        // Others that lie at the same place.
        for other in 1..=7 {
            told.note(7 + other * LEAST as u128, 1);
        }
        assert!(told.knows(7, 1));
        told.note(7 + 8 * LEAST as u128, 1);
        assert!(!told.knows(7, 1) && told.knows(7 + 8 * LEAST as u128, 1));
        told.note(8, 2);
        assert!(told.knows(8, 2) && !told.knows(7 + 8 * LEAST as u128, 2));
    }

    #[test]
    fn nearly_all_of_many_are_known() {
        let mut told = Told::new();
        let signature = |n: u128| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        for n in (1..=50_000).chain(1..=50_000) {
            told.note(signature(n), 1);
        }
        let known = (1..=50_000).filter(|n| told.knows(signature(*n), 1));
        let known = known.count();
        assert!(known > 49_000, "{known}");
    }
}
