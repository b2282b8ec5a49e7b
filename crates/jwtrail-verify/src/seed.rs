use std::fmt;

use aws_lc_rs::hmac;
use jwtrail_event::{FingerprintKey, UnusableFingerprintKey};
use zeroize::Zeroizing;

/// 32 random bytes: the only randomness that a verifier has.
///
/// Out of them come the key of the verified-token cache and, where none is configured, the key
/// of the `local` fingerprints. Draw new ones at each start.
///
/// ```
/// use jwtrail_verify::Seed;
/// let random_bytes = [7; 32]; // of the system's generator
/// let seed = Seed::new(random_bytes);
/// ```
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// Takes 32 bytes of a cryptographically secure source.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn cache_key(&self) -> [u8; 16] {
        let mut key = [0; 16];
        let derived = self.derive(b"jwtrail verified-token cache");
        for (byte, from) in key.iter_mut().zip(derived.as_ref()) {
            *byte = *from;
        }
        key
    }

    pub(crate) fn local_fingerprint_key(&self) -> Result<FingerprintKey, UnusableFingerprintKey> {
        let derived = self.derive(b"jwtrail local fingerprint");
        FingerprintKey::new(FingerprintKey::LOCAL, derived.as_ref())
    }

    fn derive(&self, purpose: &[u8]) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.0), purpose)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_has_keys_of_its_own() {
        let [one, other] = [1, 2].map(|byte| Seed::new([byte; 32]).cache_key());
        assert_ne!(one, other);
        for half in [&one[..8], &one[8..]] {
            assert!(half.iter().any(|byte| *byte != half[0]), "{half:?}");
        }
    }
}
