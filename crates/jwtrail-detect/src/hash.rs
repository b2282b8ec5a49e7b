use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

/// A 128-bit hash over named parts, the same on every machine and in every release: alert ids
/// and snapshots rest on it. Each part is preceded by its length, so parts never run together.
#[derive(Clone, Copy)]
pub(crate) struct Hash(SipHasher24);

impl Hash {
    pub(crate) fn new(domain: &str) -> Self {
        Self(SipHasher24::new_with_key(b"jwtrail-detect-1")).part(domain)
    }

    pub(crate) fn part(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.write(&length.to_le_bytes());
        self.0.write(bytes);
        self
    }

    pub(crate) fn finish(self) -> u128 {
        self.0.finish128().as_u128()
    }

    /// Half of the hash, where a collision costs little.
    pub(crate) fn short(self) -> u64 {
        self.0.finish128().as_u64().0
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn parts_do_not_run_together() {
        let one = Hash::new("t").part("ab").part("c").finish();
        assert_ne!(one, Hash::new("t").part("a").part("bc").finish());
        assert_ne!(one, Hash::new("u").part("ab").part("c").finish());
    }

    #[test]
    fn is_the_same_in_every_release() {
        assert_eq!(Hash::new("t").part("a").finish(), PINNED);
    }

    const PINNED: u128 = 54_808_873_530_758_444_863_539_501_371_193_153_201;
}
