use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;
use jwtrail_event::Timestamp;

use crate::signer::KeyRing;
use crate::{Algorithm, Case, Presented, TokenBuilder, keys};

/// Mints the catalogue's cases, and tokens for your own tests.
///
/// It stands for one issuer, its keys and one subject. Two forges with the same seed give the
/// same ids in the same order; clones share one sequence.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Forge, catalogue};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000))
///     .with_issuer("https://login.example")
///     .with_audience("orders-api");
/// for case in catalogue() {
///     let presented = forge.present(case);
///     assert!(case.precondition.token_from_service() || !format!("{presented:?}").is_empty());
/// }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Forge {
    pub(crate) now: Timestamp,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) subject: String,
    pub(crate) scope: String,
    pub(crate) client_id: String,
    pub(crate) cookie_name: String,
    pub(crate) key_url: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) keys: Arc<KeyRing>,
    seed: u64,
    minted: Arc<AtomicU64>,
}

impl Forge {
    /// A forge with the test keys, at this moment: issuer `https://login.example`, audience
    /// `orders-api`, subject `alice`, client `web`, scope `orders:read`, ES256.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            issuer: "https://login.example".to_owned(),
            audience: "orders-api".to_owned(),
            subject: "alice".to_owned(),
            scope: "orders:read".to_owned(),
            client_id: "web".to_owned(),
            cookie_name: "access_token".to_owned(),
            key_url: "http://127.0.0.1:9/jwks.json".to_owned(),
            algorithm: Algorithm::Es256,
            keys: Arc::new(KeyRing::new()),
            seed: 0,
            minted: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The same forge at another moment.
    pub fn at(&self, now: Timestamp) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }

    /// `iss` of good tokens.
    pub fn with_issuer(mut self, issuer: &str) -> Self {
        issuer.clone_into(&mut self.issuer);
        self
    }

    /// `aud` of good tokens.
    pub fn with_audience(mut self, audience: &str) -> Self {
        audience.clone_into(&mut self.audience);
        self
    }

    /// `sub` of good tokens.
    pub fn with_subject(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.subject);
        self
    }

    /// The scope of good tokens, which routes that require a scope must require: one element,
    /// at least two characters, with a letter in it.
    pub fn with_scope(mut self, scope: &str) -> Self {
        scope.clone_into(&mut self.scope);
        self
    }

    /// The algorithm of tokens where the case leaves it open.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The cookie of [`Precondition::Cookie`](crate::Precondition::Cookie); `access_token`
    /// unless said otherwise.
    pub fn with_cookie_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.cookie_name);
        self
    }

    /// Where `jku` and `x5u` point: a listener of the test's, which nobody may call.
    pub fn with_key_url(mut self, url: &str) -> Self {
        url.clone_into(&mut self.key_url);
        self
    }

    /// The seed of the ids, for another sequence.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Mints one case.
    #[must_use]
    pub fn present(&self, case: &Case) -> Presented {
        case.present(self)
    }

    /// A good token, to be changed before it is signed.
    pub fn token(&self) -> TokenBuilder<'_> {
        TokenBuilder::new(self)
    }

    /// The moment of the forge.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// `iss` of good tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `aud` of good tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// `sub` of good tokens.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The scope of good tokens.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The name of the cookie.
    #[must_use]
    pub fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// The issuer's public keys (RS256, ES256, EdDSA) as a JWK set (RFC 7517 section 5).
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys = Algorithm::ALL.iter().copied().filter_map(keys::public_jwk);
        format!("{{\"keys\":[{}]}}", keys.collect::<Vec<_>>().join(","))
    }

    /// The issuer's public key as PEM (`SubjectPublicKeyInfo`); none for HS256.
    #[must_use]
    pub fn public_pem(&self, algorithm: Algorithm) -> Option<&'static str> {
        keys::public_pem(algorithm)
    }

    /// The issuer's public key as a JWK; none for HS256.
    #[must_use]
    pub fn public_jwk(&self, algorithm: Algorithm) -> Option<&'static str> {
        keys::public_jwk(algorithm)
    }

    /// The issuer's HMAC secret, for [`Precondition::Hmac`](crate::Precondition::Hmac); its
    /// `kid` is [`Algorithm::kid`].
    #[must_use]
    pub fn hmac_secret(&self) -> &'static [u8] {
        keys::HMAC_SECRET
    }

    /// An id that no other token of this forge has, in the form of a UUID (version 4).
    pub(crate) fn next_id(&self) -> String {
        let number = self.minted.fetch_add(1, Ordering::Relaxed);
        let hash = self.hash(number);
        let hex: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!(
            "{}-{}-4{}-8{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }

    /// Bytes that look random and are the same for the same seed.
    pub(crate) fn next_bytes(&self) -> Vec<u8> {
        self.hash(self.minted.fetch_add(1, Ordering::Relaxed))
    }

    fn hash(&self, number: u64) -> Vec<u8> {
        let mut input = self.seed.to_be_bytes().to_vec();
        input.extend_from_slice(&number.to_be_bytes());
        digest::digest(&digest::SHA256, &input).as_ref().to_vec()
    }
}

impl fmt::Debug for Forge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forge")
            .field("now", &self.now)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
