use std::hash::Hasher as _;

use siphasher::sip128::{Hash128, Hasher128 as _, SipHasher13};

/// A 128-bit hash over named parts, the same on every machine and in every release: alert ids
/// and snapshots rest on it. Each part is preceded by its length, so parts never run together.
///
/// Short input, as nearly all of it is, is gathered and hashed at once.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    gathered: [u8; GATHERED],
    filled: usize,
    /// What did not fit has gone in here.
    hasher: SipHasher13,
    overflowed: bool,
}

impl Hash {
    #[inline]
    pub(crate) fn new(domain: &str) -> Self {
        let hash = Self {
            gathered: [0; GATHERED],
            filled: 0,
            hasher: SipHasher13::new_with_key(b"jwtrail-detect-1"),
            overflowed: false,
        };
        hash.part(domain)
    }

    #[inline]
    pub(crate) fn part(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    #[inline]
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.take(&length.to_le_bytes());
        self.take(bytes);
        self
    }

    #[inline]
    fn take(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if let Some(room) = self.gathered.get_mut(self.filled..end) {
            room.copy_from_slice(bytes);
            self.filled = end;
        } else {
            self.overflow(bytes);
        }
    }

    #[cold]
    fn overflow(&mut self, bytes: &[u8]) {
        let gathered = self.gathered.get(..self.filled);
        self.hasher.write(gathered.unwrap_or_default());
        self.hasher.write(bytes);
        self.filled = 0;
        self.overflowed = true;
    }

    #[inline]
    fn whole(mut self) -> Hash128 {
        let gathered = self.gathered.get(..self.filled).unwrap_or_default();
        if self.overflowed {
            self.hasher.write(gathered);
            self.hasher.finish128()
        } else {
            self.hasher.hash(gathered)
        }
    }

    pub(crate) fn finish(self) -> u128 {
        self.whole().as_u128()
    }

    /// Half of the hash, where a collision costs little.
    pub(crate) fn short(self) -> u64 {
        self.whole().as_u64().0
    }
}

/// Room for a token's issuer and id, or a subject's.
const GATHERED: usize = 160;

#[cfg(test)]
mod tests {
    use super::{GATHERED, Hash};

    #[test]
    fn parts_do_not_run_together() {
        let one = Hash::new("t").part("ab").part("c").finish();
        assert_ne!(one, Hash::new("t").part("a").part("bc").finish());
        assert_ne!(one, Hash::new("u").part("ab").part("c").finish());
    }

    #[test]
    fn long_input_is_hashed_like_short_one() {
        use std::hash::Hasher as _;

        use siphasher::sip128::{Hasher128 as _, SipHasher13};
        for length in [
            0,
            1,
            63,
            GATHERED - 26,
            GATHERED - 25,
            GATHERED,
            5 * GATHERED,
        ] {
            let text = "x".repeat(length);
            let mut plain = SipHasher13::new_with_key(b"jwtrail-detect-1");
            for part in ["t", &text, "end"] {
                plain.write(&(part.len() as u64).to_le_bytes());
                plain.write(part.as_bytes());
            }
            let gathered = Hash::new("t").part(&text).part("end").finish();
            assert_eq!(gathered, plain.finish128().as_u128(), "{length}");
        }
    }

    #[test]
    fn is_the_same_in_every_release() {
        assert_eq!(Hash::new("t").part("a").finish(), PINNED);
    }

    const PINNED: u128 = 135_880_276_106_306_701_046_762_410_072_551_806_425;
}
