use serde::{Deserialize, Serialize};

/// Exponentially weighted mean and mean square: a day of buckets has most of the weight.
///
/// The arithmetic is IEEE 754's, one operation after another, so that the same log gives the
/// same numbers on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ewma {
    mean: f64,
    square: f64,
}

impl Ewma {
    pub(super) fn train(&mut self, value: f64) {
        self.mean += WEIGHT * (value - self.mean);
        self.square += WEIGHT * (value * value - self.square);
    }

    /// So many buckets of nothing.
    pub(super) fn decay(&mut self, buckets: u64) {
        let left = power(1.0 - WEIGHT, buckets.min(FOREVER));
        self.mean *= left;
        self.square *= left;
    }

    pub(super) const fn mean(&self) -> f64 {
        self.mean
    }

    pub(super) fn variance(&self) -> f64 {
        (self.square - self.mean * self.mean).max(0.0)
    }

    pub(super) fn is_sound(&self) -> bool {
        let sound = |number: f64| number.is_finite() && number >= 0.0;
        sound(self.mean) && sound(self.square)
    }
}

fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    result
}

/// 2 / (N + 1) for the 288 buckets of a day.
const WEIGHT: f64 = 2.0 / 289.0;
/// After so many empty buckets nothing is left.
const FOREVER: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::Ewma;

    #[test]
    fn empty_buckets_at_once_are_empty_buckets_one_by_one() {
        let mut at_once = Ewma::default();
        at_once.train(40.0);
        let mut one_by_one = at_once;
        at_once.decay(100);
        for _ in 0..100 {
            one_by_one.train(0.0);
        }
        assert!((at_once.mean() - one_by_one.mean()).abs() < 1e-9);
        assert!((at_once.variance() - one_by_one.variance()).abs() < 1e-9);
    }

    #[test]
    fn what_is_always_the_same_deviates_little() {
        let mut usual = Ewma::default();
        for _ in 0..3_000 {
            usual.train(7.0);
        }
        assert!((usual.mean() - 7.0).abs() < 0.01);
        assert!(usual.variance() < 0.01);
    }
}
