use std::hash::Hasher as _;
use std::net::IpAddr;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::network::Network;
use crate::{TokenId, keyed};

/// An identity as 128 bits under a key of this process: nobody can make two collide, choose
/// their bucket, or read them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) u64, pub(super) u64);

impl Key {
    pub(super) fn bits(self) -> u128 {
        u128::from(self.0) << 64 | u128::from(self.1)
    }

    pub(super) fn from_bits(bits: u128) -> Self {
        Self((bits >> 64) as u64, bits as u64)
    }
}

/// Makes identities into keys.
pub(super) struct KeyHash(SipHasher24);

impl KeyHash {
    /// Under a key that others have, too: then they make the same keys.
    pub(super) fn shared(secret: &[u8; 32]) -> Self {
        Self(SipHasher24::new_with_key(&keyed::key_for(secret, LABEL)))
    }

    pub(super) fn random() -> Result<Self, aws_lc_rs::error::Unspecified> {
        let mut key = [0; 16];
        aws_lc_rs::rand::fill(&mut key)?;
        Ok(Self(SipHasher24::new_with_key(&key)))
    }

    pub(super) fn address(&self, address: IpAddr) -> Key {
        match Network::of(address) {
            Network::V4(address) => self.hash(1, &[&address.octets()]),
            Network::V6(network) => self.hash(2, &[&u128::from(network).to_be_bytes()]),
        }
    }

    pub(super) fn fingerprint(&self, fingerprint: &str) -> Key {
        self.hash(3, &[fingerprint.as_bytes()])
    }

    pub(super) fn token(&self, issuer: &str, id: TokenId<'_>) -> Key {
        match id {
            TokenId::Jti(jti) => self.hash(4, &[issuer.as_bytes(), jti.as_bytes()]),
            TokenId::Fingerprint(fingerprint) => self.fingerprint(fingerprint),
        }
    }

    pub(super) fn subject(&self, issuer: &str, subject: &str) -> Key {
        self.hash(5, &[issuer.as_bytes(), subject.as_bytes()])
    }

    /// The key of the same one under a limit of this name, where all limits share a store.
    pub(super) fn of_limit(&self, limit: &str, key: Key) -> Key {
        let identity = key.bits().to_be_bytes();
        self.hash(6, &[limit.as_bytes(), &identity])
    }

    fn hash(&self, kind: u8, parts: &[&[u8]]) -> Key {
        let mut hasher = self.0;
        hasher.write_u8(kind);
        for part in parts {
            // With its length, so that no two lists run together.
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        let hash = hasher.finish128();
        Key(hash.h1, hash.h2)
    }
}

const LABEL: &[u8] = b"jwtrail keys of limits\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_by_its_network() {
        let hash = KeyHash::random().unwrap();
        let key = |text: &str| hash.address(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
    }

    #[test]
    fn identities_do_not_run_together() {
        let hash = KeyHash::random().unwrap();
        assert_ne!(hash.subject("ab", "c"), hash.subject("a", "bc"));
        let token = |jti| hash.token("a", TokenId::Jti(jti));
        assert_ne!(token("b"), hash.subject("a", "b"));
        assert_ne!(token("b"), hash.token("a", TokenId::Fingerprint("b")));
    }

    #[test]
    fn whoever_has_the_deployments_key_makes_the_same_keys() {
        let key = |secret| KeyHash::shared(&[secret; 32]).subject("a", "b");
        assert_eq!(key(1), key(1));
        assert_ne!(key(1), key(2));
        let hash = KeyHash::shared(&[1; 32]);
        assert_ne!(hash.of_limit("x", key(1)), hash.of_limit("y", key(1)));
        // Another machine or version of this crate must make the same one.
        assert_eq!(
            key(1).bits(),
            275_327_887_557_490_124_388_858_666_766_528_459_909
        );
    }

    #[test]
    fn no_two_processes_share_keys() {
        let key = || KeyHash::random().unwrap().subject("a", "b");
        assert_ne!(key(), key());
    }
}
