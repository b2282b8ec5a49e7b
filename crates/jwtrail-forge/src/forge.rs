mod key_material;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest;
use jwtrail_event::{SecretToken, Timestamp};

use crate::model::Model;
use crate::signer::KeyRing;
use crate::{
    Algorithm, Case, NotAModel, Presented, ProofBuilder, PublicKey, SigningKey, TokenBuilder,
    Unforgeable,
};

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
    pub(crate) resource: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) model: Option<Arc<Model>>,
    hindrance: Arc<OnceLock<Unforgeable>>,
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
            resource: "https://orders.example/orders/7".to_owned(),
            algorithm: Algorithm::Es256,
            keys: Arc::new(KeyRing::new()),
            model: None,
            hindrance: Arc::default(),
            seed: 0,
            minted: Arc::new(AtomicU64::new(0)),
        }
    }

    /// A forge whose tokens look like one that the service under test accepts: its header, its
    /// claims, and where a key is given its signature. Without one, good tokens are the token at
    /// hand, and what would need a signature over something else cannot be minted
    /// ([`try_present`](Self::try_present)).
    ///
    /// ```
    /// use jwtrail_event::Timestamp;
    /// use jwtrail_forge::{Forge, Unforgeable, find};
    ///
    /// let now = Timestamp::from_seconds(1_800_000_000);
    /// let theirs = Forge::new(now).with_issuer("https://their.example").token().sign();
    /// let forge = Forge::like(&theirs, None, now).unwrap();
    /// assert_eq!(forge.issuer(), "https://their.example");
    /// assert!(forge.try_present(find("SIG-01/middle-byte").unwrap()).is_ok());
    /// let expired = forge.try_present(find("CLM-01/hour-ago").unwrap());
    /// assert_eq!(expired.unwrap_err(), Unforgeable::NeedsKey);
    /// ```
    ///
    /// # Errors
    ///
    /// When the token is not a JWS of two JSON objects.
    pub fn like(
        token: &SecretToken,
        key: Option<SigningKey>,
        now: Timestamp,
    ) -> Result<Self, NotAModel> {
        let mut model = Model::read(token)?;
        model.public_key = key.as_ref().and_then(SigningKey::public_key);
        model.key = key;
        let mut forge = Self::new(now);
        let own = |claim: Option<&str>| claim.unwrap_or_default().to_owned();
        forge.issuer = own(model.claim("iss"));
        forge.audience = own(model.audience());
        forge.subject = own(model.claim("sub"));
        if let Some(jws) = model.jws() {
            forge.algorithm = jws.nearest();
        }
        forge.model = Some(Arc::new(model));
        Ok(forge)
    }

    /// The issuer's public key, where it is known but not the private one. Only for a forge that
    /// [`like`](Self::like) made and that is not cloned yet.
    pub fn with_public_key(mut self, key: PublicKey) -> Self {
        if let Some(model) = self.model.as_mut().and_then(Arc::get_mut) {
            model.public_key = Some(key);
        }
        self
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

    /// The URI of the protected route, as clients know it: `htu` of good DPoP proofs.
    pub fn with_resource(mut self, uri: &str) -> Self {
        uri.clone_into(&mut self.resource);
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

    /// Mints one case, if that can be done for the service under test.
    ///
    /// # Errors
    ///
    /// When it cannot; only for a forge that [`like`](Self::like) made.
    pub fn try_present(&self, case: &Case) -> Result<Presented, Unforgeable> {
        let asked = Self {
            hindrance: Arc::default(),
            ..self.clone()
        };
        let presented = case.present(&asked);
        match asked.hindrance.get() {
            None => Ok(presented),
            Some(hindrance) => Err(*hindrance),
        }
    }

    /// Whether tokens can be signed for the service under test.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.model.as_ref().is_none_or(|model| model.key.is_some())
    }

    /// A good token, to be changed before it is signed.
    pub fn token(&self) -> TokenBuilder<'_> {
        TokenBuilder::new(self)
    }

    /// A good DPoP proof of the client for this token, to be changed before it is signed.
    pub fn proof(&self, token: &SecretToken) -> ProofBuilder<'_> {
        ProofBuilder::new(self, token)
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

    /// The first thing that is in the way decides.
    pub(crate) fn hinder(&self, hindrance: Unforgeable) {
        self.hindrance.get_or_init(|| hindrance);
    }

    /// Notes that the case is pointless where a changed value is the same as before.
    pub(crate) fn differs(&self, changed: String, from: &str) -> String {
        if self.model.is_some() && changed == from {
            self.hinder(Unforgeable::NotApplicable);
        }
        changed
    }

    /// The `alg` of good tokens.
    pub(crate) fn alg(&self) -> &str {
        match &self.model {
            Some(model) => model.alg(),
            None => self.algorithm.as_str(),
        }
    }

    /// The `kid` of good tokens.
    pub(crate) fn kid(&self) -> &str {
        match &self.model {
            Some(model) => model.kid(),
            None => self.algorithm.kid(),
        }
    }

    /// The URI of the protected route.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
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
