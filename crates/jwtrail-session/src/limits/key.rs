use std::hash::Hasher as _;
use std::net::IpAddr;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use crate::TokenId;

/// An identity as 128 bits under a key of this process: nobody can make two collide, choose
/// their bucket, or read them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) u64, pub(super) u64);

/// Makes identities into keys.
pub(super) struct KeyHash(SipHasher24);

impl KeyHash {
    pub(super) fn random() -> Result<Self, aws_lc_rs::error::Unspecified> {
        let mut key = [0; 16];
        aws_lc_rs::rand::fill(&mut key)?;
        Ok(Self(SipHasher24::new_with_key(&key)))
    }

    /// An IPv6 address counts by its /64: that is what one customer is given.
    pub(super) fn address(&self, address: IpAddr) -> Key {
        match address.to_canonical() {
            IpAddr::V4(address) => self.hash(1, &[&address.octets()]),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64;
                self.hash(2, &[&network.to_be_bytes()])
            }
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

    fn hash(&self, kind: u8, parts: &[&[u8]]) -> Key {
        let mut hasher = self.0;
        hasher.write_u8(kind);
        for part in parts {
            // With its length, so that no two lists run together.
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        let hash = hasher.finish128();
        Key(hash.h1, hash.h2)
    }
}

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
    fn no_two_processes_share_keys() {
        let key = || KeyHash::random().unwrap().subject("a", "b");
        assert_ne!(key(), key());
    }
}
