use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::TokenId;
#[cfg(feature = "redis")]
use crate::{ProofId, keyed};

/// A key of this process.
pub(crate) fn random_keys() -> (u64, u64) {
    let random = || RandomState::new().build_hasher().finish();
    (random(), random())
}

/// Names as 128 bits under a key, of this process or shared with others, so that nobody can make
/// two collide.
#[derive(Clone)]
pub(crate) struct NameHash(u64, u64);

impl NameHash {
    /// Under a key that others have, too: then they make the same hashes.
    #[cfg(feature = "redis")]
    pub(crate) fn shared(secret: &[u8; 32]) -> Self {
        let bits = u128::from_le_bytes(keyed::key_for(secret, LABEL));
        Self((bits >> 64) as u64, bits as u64)
    }

    pub(super) fn random() -> Self {
        let (first, second) = random_keys();
        Self(first, second)
    }

    pub(crate) fn token(&self, issuer: &str, id: TokenId<'_>) -> u128 {
        match id {
            TokenId::Jti(jti) => self.name(1, issuer.as_bytes(), jti),
            TokenId::Fingerprint(fingerprint) => self.name(2, issuer.as_bytes(), fingerprint),
        }
    }

    pub(crate) fn subject(&self, issuer: &str, subject: &str) -> u128 {
        self.name(3, issuer.as_bytes(), subject)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn proof(&self, proof: ProofId<'_>) -> u128 {
        self.name(4, proof.key.as_bytes(), proof.jti)
    }

    fn name(&self, kind: u8, owner: &[u8], name: &str) -> u128 {
        let mut hasher = SipHasher24::new_with_keys(self.0, self.1);
        hasher.write_u8(kind);
        // With its length, so that no two pairs run together.
        hasher.write(&(owner.len() as u64).to_le_bytes());
        hasher.write(owner);
        hasher.write(name.as_bytes());
        hasher.finish128().as_u128()
    }
}

#[cfg(feature = "redis")]
const LABEL: &[u8] = b"jwtrail names of the state\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_processes_share_keys_and_no_key_is_a_constant() {
        let (first, second) = random_keys();
        let (third, fourth) = random_keys();
        let mut keys = [first, second, third, fourth, 0, 1];
        keys.sort_unstable();
        assert!(keys.is_sorted_by(|one, other| one < other), "{keys:?}");
    }

    #[cfg(feature = "redis")]
    #[test]
    fn whoever_has_the_deployments_key_makes_the_same_hashes() {
        let hash = |secret| NameHash::shared(&[secret; 32]);
        assert_ne!(hash(1).subject("a", "b"), hash(2).subject("a", "b"));
        // Another machine or version of this crate must make the same ones.
        assert_eq!(
            hash(1).subject("a", "b"),
            78_924_681_868_407_881_755_789_503_525_468_836_335
        );
        let key = jwtrail_verify::Thumbprint::of_certificate(b"a");
        let proof = ProofId {
            key: &key,
            jti: "b",
        };
        assert_eq!(
            hash(1).proof(proof),
            80_150_870_364_740_496_620_673_911_353_411_594_945
        );
    }

    #[test]
    fn names_do_not_run_together() {
        let hash = NameHash::random();
        assert_ne!(hash.subject("ab", "c"), hash.subject("a", "bc"));
        let token = |id| hash.token("a", id);
        assert_ne!(token(TokenId::Jti("b")), hash.subject("a", "b"));
        assert_ne!(token(TokenId::Jti("b")), token(TokenId::Fingerprint("b")));
    }
}
