/// SplitMix64: small, fast, and the same numbers on every machine. No floating point is drawn:
/// logarithms differ in their last bit from one machine to another.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        finish(self.0)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        ((self.next() as u128 * bound as u128) >> 64) as u64
    }

    /// A number from `low` up to and without `high`.
    pub(super) const fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        low + self.below((high - low).unsigned_abs()) as i64
    }

    pub(super) const fn per_mille(&mut self, chance: u64) -> bool {
        self.below(1_000) < chance
    }

    /// An exponential draw, its logarithm in straight pieces: the gaps of a Poisson stream.
    pub(super) const fn gap(&mut self, mean: i64) -> i64 {
        let bits = self.next() | 1;
        let zeros = bits.leading_zeros();
        let fraction = (bits << zeros << 1) >> 32;
        let log2 = ((zeros as u64) << 32) + (1 << 32) - fraction;
        ((mean.unsigned_abs() as u128 * log2 as u128 * LN_2) >> 64) as i64
    }
}

/// One number out of another, as if at random.
pub(super) const fn mix(number: u64) -> u64 {
    finish(number.wrapping_add(GOLDEN))
}

const fn finish(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
/// The natural logarithm of 2, in units of 2^-32.
const LN_2: u128 = 2_977_044_472;

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn numbers_are_the_same_everywhere() {
        let mut random = Random::new(7);
        assert_eq!(random.next(), 0x63cb_e1e4_5932_0dd7);
    }

    #[test]
    fn gaps_have_their_mean() {
        let mut random = Random::new(1);
        let sum: i64 = (0..100_000).map(|_| random.gap(1_000_000)).sum();
        let mean = sum / 100_000;
        assert!((950_000..1_100_000).contains(&mean), "{mean}");
    }

    #[test]
    fn draws_stay_below_their_bound() {
        let mut random = Random::new(1);
        assert!((0..10_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
        assert!((0..10_000).all(|_| (-3..9).contains(&random.between(-3, 9))));
    }
}
