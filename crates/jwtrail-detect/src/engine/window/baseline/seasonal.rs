use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// What is usual in an hour of the week (UTC): the buckets of the last weeks, by the hour.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seasonal {
    /// The number of the first bucket.
    since: i64,
    hours: BTreeMap<u8, VecDeque<u32>>,
}

impl Seasonal {
    pub(super) const fn new(bucket: i64) -> Self {
        Self {
            since: bucket,
            hours: BTreeMap::new(),
        }
    }

    pub(super) fn train(&mut self, bucket: i64, value: f64) {
        self.add(hour(bucket), hundredths(value));
    }

    /// Buckets without an event.
    pub(super) fn rest(&mut self, from: i64, buckets: i64) {
        for bucket in from..from.saturating_add(buckets.min(WEEKS * WEEK)) {
            self.add(hour(bucket), 0);
        }
    }

    fn add(&mut self, hour: u8, value: u32) {
        let values = self.hours.entry(hour).or_default();
        values.push_back(value);
        while values.len() > KEPT {
            values.pop_front();
        }
    }

    /// Median and median absolute deviation of the bucket's hour, after four weeks.
    pub(super) fn usual(&self, bucket: i64) -> Option<(f64, f64)> {
        if bucket.saturating_sub(self.since) < WEEKS * WEEK {
            return None;
        }
        let values = self.hours.get(&hour(bucket))?.iter();
        let mut values: Vec<u64> = values.map(|value| u64::from(*value)).collect();
        let twice = twice_the_median(&mut values)?;
        let mut deviations: Vec<u64> = values.iter().map(|v| (2 * v).abs_diff(twice)).collect();
        let four_times = twice_the_median(&mut deviations)?;
        Some((number(twice) / 200.0, number(four_times) / 400.0))
    }

    pub(super) fn is_sound(&self) -> bool {
        let known = |(hour, values): (&u8, &VecDeque<u32>)| *hour < 168 && values.len() <= KEPT;
        self.hours.iter().all(known)
    }
}

/// The sum of the two in the middle, or twice the one that is.
fn twice_the_median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    let high = values.get(values.len() / 2)?;
    let low = values.get((values.len() - 1) / 2)?;
    Some(low + high)
}

fn number(value: u64) -> f64 {
    f64::from(u32::try_from(value).unwrap_or(u32::MAX))
}

/// The hour of the week that a bucket lies in.
fn hour(bucket: i64) -> u8 {
    u8::try_from(bucket.div_euclid(HOUR).rem_euclid(168)).unwrap_or(0)
}

fn hundredths(value: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and no value is below 0"
    )]
    {
        (value * 100.0).round() as u32
    }
}

/// Buckets in an hour.
const HOUR: i64 = 12;
const WEEK: i64 = 168 * HOUR;
const WEEKS: i64 = 4;
/// Four weeks of an hour's buckets.
const KEPT: usize = 48;

#[cfg(test)]
mod tests {
    use super::{HOUR, Seasonal, WEEK};

    #[test]
    fn an_hour_is_compared_with_the_same_hour() {
        let mut seasonal = Seasonal::new(0);
        for bucket in 0..4 * WEEK {
            let busy = bucket / HOUR % 24 == 9;
            seasonal.train(bucket, if busy { 50.0 } else { 2.0 });
        }
        assert_eq!(seasonal.usual(4 * WEEK + 9 * HOUR), Some((50.0, 0.0)));
        assert_eq!(seasonal.usual(4 * WEEK + 10 * HOUR), Some((2.0, 0.0)));
    }

    #[test]
    fn four_weeks_are_needed() {
        let mut seasonal = Seasonal::new(0);
        for bucket in 0..4 * WEEK - 1 {
            seasonal.train(bucket, 1.0);
        }
        assert_eq!(seasonal.usual(4 * WEEK - 1), None);
    }
}
