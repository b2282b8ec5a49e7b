use super::Strength;
use crate::generate::SECOND;

/// How many events, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate) struct Effort {
    pub(in crate::generate) count: u32,
    /// From one to the next, microseconds.
    pub(in crate::generate) gap: i64,
    /// Which of them decides, from 0.
    pub(in crate::generate) decisive: u32,
}

impl Effort {
    /// What a strength means for a rule that counts to a threshold in a window.
    pub(in crate::generate) fn new(strength: Strength, threshold: u32, window: i64) -> Self {
        let count = match strength {
            Strength::Minimal => threshold,
            Strength::Typical | Strength::LowAndSlow => threshold * 2,
            Strength::Loud => threshold * 10,
            Strength::Evader => threshold.saturating_sub(1),
        };
        let span = match strength {
            Strength::Minimal | Strength::Evader => window * 8 / 10,
            Strength::Typical => window * 6 / 10,
            Strength::Loud => window * 3 / 10,
            Strength::LowAndSlow => {
                let most = i64::from(threshold.saturating_sub(1).max(1));
                let gap = window / most + SLACK;
                gap * i64::from(count.saturating_sub(1))
            }
        };
        Self {
            count,
            gap: span / i64::from(count.saturating_sub(1).max(1)),
            decisive: threshold.min(count).saturating_sub(1),
        }
    }

    /// The same, with at least so much time from one to the next.
    pub(in crate::generate) fn no_faster_than(mut self, gap: i64) -> Self {
        self.gap = self.gap.max(gap);
        self
    }
}

/// For the difference of two instances' clocks.
const SLACK: i64 = 3 * SECOND;

#[cfg(test)]
mod tests {
    use super::Effort;
    use crate::generate::{SECOND, Strength};

    /// The most events that a window holds.
    fn most(effort: Effort, window: i64) -> usize {
        let times = (0..i64::from(effort.count)).map(|n| n * effort.gap);
        let times: Vec<i64> = times.collect();
        let held = |end: i64| {
            let held = times.iter().filter(|t| **t <= end && **t > end - window);
            held.count()
        };
        times.iter().map(|end| held(*end)).max().unwrap_or(0)
    }

    #[test]
    fn only_what_is_over_the_threshold_is_held_by_a_window() {
        let window = 300 * SECOND;
        for threshold in [2, 3, 5, 10, 20] {
            for strength in Strength::ALL {
                let effort = Effort::new(*strength, threshold, window);
                let held = most(effort, window) >= threshold as usize;
                assert_eq!(
                    held,
                    strength.is_over_the_threshold(),
                    "{strength} {threshold}"
                );
                assert!(effort.decisive < effort.count);
            }
            let minimal = Effort::new(Strength::Minimal, threshold, window);
            assert_eq!(most(minimal, window), threshold as usize);
        }
    }
}
