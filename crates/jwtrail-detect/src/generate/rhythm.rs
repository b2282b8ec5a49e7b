use super::random::Random;
use super::{DAY, HOUR};

/// When in the week something happens, by hour of the day in UTC, from 0 to 100.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    workday: [u8; 24],
    weekend: [u8; 24],
}

impl Rhythm {
    /// The next moment after `now`, at `per_mille` a day on average: a Poisson stream, thinned
    /// by the hour.
    pub(super) fn next(&self, now: i64, per_mille: u64, random: &mut Random) -> i64 {
        let mean = self.gap_at_the_peak(per_mille);
        let mut time = now;
        for _ in 0..MOST_TRIES {
            time += random.gap(mean).max(1);
            if random.below(100) < u64::from(self.weight(time)) {
                break;
            }
        }
        time
    }

    fn gap_at_the_peak(&self, per_mille: u64) -> i64 {
        let sum = |hours: &[u8; 24]| hours.iter().map(|hour| i64::from(*hour)).sum::<i64>();
        let share = 5 * sum(&self.workday) + 2 * sum(&self.weekend);
        let mean = DAY / 1_000 * 1_000_000 / i64::try_from(per_mille.max(1)).unwrap_or(i64::MAX);
        mean / (7 * 24 * 100) * share
    }

    fn weight(&self, time: i64) -> u8 {
        // The epoch was a Thursday.
        let day = (time.div_euclid(DAY) + 3).rem_euclid(7);
        let hours = if day < 5 {
            &self.workday
        } else {
            &self.weekend
        };
        let hour = usize::try_from(time.rem_euclid(DAY) / HOUR).unwrap_or(0);
        hours.get(hour).copied().unwrap_or(0)
    }
}

/// A moment is found long before; the bound is there so that none can loop for ever.
const MOST_TRIES: u32 = 10_000;

pub(super) const OFFICE: Rhythm = Rhythm {
    workday: [
        0, 0, 0, 0, 0, 1, 4, 30, 100, 90, 75, 70, 45, 60, 75, 70, 60, 35, 12, 5, 3, 2, 1, 0,
    ],
    weekend: [
        0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0,
    ],
};

pub(super) const HOME: Rhythm = Rhythm {
    workday: [
        8, 4, 2, 1, 1, 2, 8, 18, 20, 18, 18, 22, 30, 26, 22, 24, 34, 55, 80, 100, 100, 85, 50, 22,
    ],
    weekend: [
        14, 8, 4, 2, 1, 1, 4, 10, 28, 50, 65, 70, 70, 65, 62, 60, 62, 70, 85, 100, 95, 80, 50, 25,
    ],
};

pub(super) const PHONE: Rhythm = Rhythm {
    workday: [
        10, 5, 3, 2, 3, 12, 45, 85, 70, 45, 45, 50, 75, 60, 45, 50, 70, 90, 85, 80, 85, 80, 55, 28,
    ],
    weekend: [
        18, 10, 6, 4, 3, 4, 12, 25, 45, 60, 70, 72, 75, 72, 70, 68, 70, 78, 85, 90, 90, 80, 55, 32,
    ],
};

pub(super) const ALWAYS: Rhythm = Rhythm {
    workday: [100; 24],
    weekend: [100; 24],
};
