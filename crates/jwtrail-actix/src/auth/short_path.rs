use std::sync::Arc;

use jwtrail_event::FingerprintKey;
use jwtrail_verify::{HasAudience, KeySet, NoAudience, Profile, Seed, Verifier, VerifierBuilder};

use super::{JwtAuthBuilder, JwtAuthError};
use crate::{Trail, random};

/// Begins a [`JwtAuth`](crate::JwtAuth): issuers and keys, then the audience, then the trail.
///
/// Without an audience it does not compile:
///
/// ```compile_fail
/// # use jwtrail_actix::{JwtAuth, Trail};
/// # fn example(keys: jwtrail_verify::KeySet, trail: Trail) {
/// JwtAuth::builder().issuer("https://login.example", keys).audit(&trail);
/// # }
/// ```
///
/// ```
/// # use jwtrail_actix::{JwtAuth, Trail};
/// # fn example(keys: jwtrail_verify::KeySet, trail: Trail) {
/// JwtAuth::builder().issuer("https://login.example", keys).audience("orders-api").audit(&trail);
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct ProtectBuilder<A>(VerifierBuilder<A>);

impl ProtectBuilder<NoAudience> {
    pub(super) fn new() -> Self {
        Self(Verifier::builder())
    }

    /// Trusts an issuer's tokens that are signed with these keys. May be called several times.
    pub fn issuer(self, issuer: &str, keys: KeySet) -> Self {
        Self(self.0.issuer(issuer, keys))
    }

    /// Whom tokens must be for: the name of this service in `aud`.
    pub fn audience(self, audience: &str) -> ProtectBuilder<HasAudience> {
        ProtectBuilder(self.0.audience(audience))
    }
}

impl ProtectBuilder<HasAudience> {
    /// Another name of this service.
    pub fn also_audience(self, audience: &str) -> Self {
        Self(self.0.also_audience(audience))
    }

    /// Which kinds of tokens are taken, [`Profile::Strict`] by default.
    pub fn profile(self, profile: Profile) -> Self {
        Self(self.0.profile(profile))
    }

    /// The key of the fingerprints in the records. A random one if it isn't given, so that
    /// fingerprints of two processes can't be compared.
    pub fn fingerprint_key(self, key: FingerprintKey) -> Self {
        Self(self.0.fingerprint_key(key))
    }

    /// Where each decision is recorded.
    pub fn audit(self, trail: &Trail) -> JwtAuthBuilder {
        let verifier = random::secret()
            .map_err(|_| JwtAuthError::Randomness)
            .and_then(|seed| Ok(Arc::new(self.0.build(Seed::new(seed))?)));
        JwtAuthBuilder::new(verifier, trail)
    }
}
