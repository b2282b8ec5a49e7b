use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use super::TokenId;

/// A key of this process.
pub(super) fn random_keys() -> (u64, u64) {
    let random = || RandomState::new().build_hasher().finish();
    (random(), random())
}

/// Names as 128 bits under a key of this process, so that nobody can make two collide.
pub(super) struct NameHash(u64, u64);

impl NameHash {
    pub(super) fn random() -> Self {
        let (first, second) = random_keys();
        Self(first, second)
    }

    pub(super) fn token(&self, issuer: &str, id: TokenId<'_>) -> u128 {
        match id {
            TokenId::Jti(jti) => self.name(1, issuer, jti),
            TokenId::Fingerprint(fingerprint) => self.name(2, issuer, fingerprint),
        }
    }

    pub(super) fn subject(&self, issuer: &str, subject: &str) -> u128 {
        self.name(3, issuer, subject)
    }

    fn name(&self, kind: u8, issuer: &str, name: &str) -> u128 {
        let mut hasher = SipHasher24::new_with_keys(self.0, self.1);
        hasher.write_u8(kind);
        // With its length, so that no two pairs run together.
        hasher.write_usize(issuer.len());
        hasher.write(issuer.as_bytes());
        hasher.write(name.as_bytes());
        hasher.finish128().as_u128()
    }
}
