use std::path::Path;
use std::sync::Arc;

use jwtrail_event::FingerprintKey;
use jwtrail_verify::{HasAudience, KeySet, NoAudience, Profile, Seed, Verifier, VerifierBuilder};

use super::{JwtAuthBuilder, JwtAuthError};
use crate::issuer_keys::{KeySource, Sources};
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
pub struct ProtectBuilder<A> {
    verifier: VerifierBuilder<A>,
    keys: Sources,
}

impl ProtectBuilder<NoAudience> {
    pub(super) fn new() -> Self {
        Self {
            verifier: Verifier::builder(),
            keys: Sources::default(),
        }
    }

    /// Trusts an issuer's tokens that are signed with these keys. May be called several times.
    pub fn issuer(self, issuer: &str, keys: KeySet) -> Self {
        self.change(|verifier| verifier.issuer(issuer, keys))
    }

    /// Trusts an issuer's tokens that are signed with the keys that it publishes at this address
    /// (RFC 7517 section 5). They are fetched from the start on, and again as [`KeySource`] says.
    ///
    /// ```no_run
    /// use jwtrail_actix::{JwtAuth, Trail};
    /// # fn example(trail: Trail) -> Result<(), jwtrail_actix::JwtAuthError> {
    /// let auth = JwtAuth::builder()
    ///     .issuer_jwks_url("https://login.example", "https://login.example/jwks")
    ///     .audience("orders-api")
    ///     .audit(&trail)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "outbound")]
    pub fn issuer_jwks_url(self, issuer: &str, url: &str) -> Self {
        self.issuer_from(issuer, KeySource::jwks_url(url))
    }

    /// Trusts an issuer's tokens that are signed with the keys that its discovery document leads
    /// to (OpenID Connect Discovery 1.0, RFC 8414). The name must be an address, and exactly the
    /// one in the document and in the tokens' `iss`.
    ///
    /// ```no_run
    /// use jwtrail_actix::{JwtAuth, Trail};
    /// # fn example(trail: Trail) -> Result<(), jwtrail_actix::JwtAuthError> {
    /// let auth = JwtAuth::builder()
    ///     .issuer_discovery("https://login.example")
    ///     .issuer_discovery("https://id.example/tenant")
    ///     .audience("orders-api")
    ///     .audit(&trail)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "outbound")]
    pub fn issuer_discovery(self, issuer: &str) -> Self {
        self.issuer_from(issuer, KeySource::discovery())
    }

    /// Trusts an issuer's tokens that are signed with the public keys in a file, which is read
    /// again when it changes. The file must be there, and good, when this is built.
    ///
    /// ```no_run
    /// use jwtrail_actix::{JwtAuth, Trail};
    /// # fn example(trail: Trail) -> Result<(), jwtrail_actix::JwtAuthError> {
    /// let auth = JwtAuth::builder()
    ///     .issuer_jwks_file("https://login.example", "/etc/orders-api/jwks.json")
    ///     .audience("orders-api")
    ///     .audit(&trail)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn issuer_jwks_file(self, issuer: &str, path: impl AsRef<Path>) -> Self {
        self.issuer_from(issuer, KeySource::jwks_file(path))
    }

    /// Trusts an issuer's tokens that are signed with the keys of this source.
    ///
    /// ```no_run
    /// use jwtrail_actix::{JwtAuth, KeySource, Trail};
    /// use jwtrail_verify::Algorithm;
    /// # fn example(trail: Trail) -> Result<(), jwtrail_actix::JwtAuthError> {
    /// let keys = KeySource::discovery().algorithms(&[Algorithm::Es256]);
    /// let auth = JwtAuth::builder()
    ///     .issuer_from("https://login.example", keys)
    ///     .audience("orders-api")
    ///     .audit(&trail)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn issuer_from(mut self, issuer: &str, source: KeySource) -> Self {
        self.verifier = self.verifier.remote_issuer(issuer, source.allowed());
        self.keys.add(issuer, source);
        self
    }

    /// Whom tokens must be for: the name of this service in `aud`.
    pub fn audience(self, audience: &str) -> ProtectBuilder<HasAudience> {
        ProtectBuilder {
            verifier: self.verifier.audience(audience),
            keys: self.keys,
        }
    }
}

impl ProtectBuilder<HasAudience> {
    /// Another name of this service.
    pub fn also_audience(self, audience: &str) -> Self {
        self.change(|verifier| verifier.also_audience(audience))
    }

    /// Which kinds of tokens are taken, [`Profile::Strict`] by default.
    pub fn profile(self, profile: Profile) -> Self {
        self.change(|verifier| verifier.profile(profile))
    }

    /// The key of the fingerprints in the records. A random one if it isn't given, so that
    /// fingerprints of two processes can't be compared.
    pub fn fingerprint_key(self, key: FingerprintKey) -> Self {
        self.change(|verifier| verifier.fingerprint_key(key))
    }

    /// A name for a kind of scopes, such as `admin`: what records carry as `scope_class`, and
    /// what limits can be set for. The most privileged class first; see
    /// [`VerifierBuilder::scope_class`].
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, Trail};
    /// # fn example(keys: jwtrail_verify::KeySet, trail: Trail) {
    /// JwtAuth::builder()
    ///     .issuer("https://login.example", keys)
    ///     .audience("orders-api")
    ///     .scope_class("admin", ["orders:admin", "users:admin"])
    ///     .audit(&trail);
    /// # }
    /// ```
    pub fn scope_class<'a>(self, name: &str, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        self.change(|verifier| verifier.scope_class(name, scopes))
    }

    /// Where each decision is recorded.
    pub fn audit(self, trail: &Trail) -> JwtAuthBuilder {
        let verifier = random::secret()
            .map_err(|_| JwtAuthError::Randomness)
            .and_then(|seed| Ok(Arc::new(self.verifier.build(Seed::new(seed))?)));
        JwtAuthBuilder::new(verifier, self.keys, trail)
    }
}

impl<A> ProtectBuilder<A> {
    fn change(mut self, change: impl FnOnce(VerifierBuilder<A>) -> VerifierBuilder<A>) -> Self {
        self.verifier = change(self.verifier);
        self
    }
}
