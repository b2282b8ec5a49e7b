use std::hash::{BuildHasher as _, RandomState};

/// What decides where keys lie, and nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(u64, u64);

impl Seed {
    pub(super) fn random() -> Self {
        let random = RandomState::new();
        Self(random.hash_one(0), random.hash_one(1))
    }

    /// A few bits out of a key's hash and the seed.
    #[inline]
    pub(super) const fn mark(self, hash: u128) -> u32 {
        let (low, high) = (hash as u64, (hash >> 64) as u64);
        let product = (low ^ self.0) as u128 * (high ^ self.1) as u128;
        let folded = product as u64 ^ (product >> 64) as u64;
        (folded >> 32) as u32
    }
}
