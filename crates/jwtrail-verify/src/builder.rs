mod error;

use std::fmt;

use jwtrail_event::FingerprintKey;

pub use error::BuildError;

use crate::cache::TokenCache;
use crate::keys::{Issuer, Keys};
use crate::policy::{self, Audience, Policy};
use crate::scope_classes::ScopeClasses;
use crate::{Algorithm, KeySet, Profile, Seed, Verifier};

/// What a [`Verifier`] checks.
///
/// A verifier without an audience takes tokens that were meant for another service, so it cannot
/// be built:
///
/// ```compile_fail,E0599
/// # use jwtrail_verify::{Algorithm, Key, KeySet, Seed, Verifier};
/// # let keys = KeySet::new(vec![Key::hmac(Algorithm::Hs256, [7; 32], None).unwrap()]).unwrap();
/// Verifier::builder()
///     .issuer("https://login.example", keys)
///     .build(Seed::new([7; 32]));
/// ```
///
/// With one it can:
///
/// ```
/// # use jwtrail_verify::{Algorithm, Key, KeySet, Seed, Verifier};
/// # let keys = KeySet::new(vec![Key::hmac(Algorithm::Hs256, [7; 32], None).unwrap()]).unwrap();
/// let verifier = Verifier::builder()
///     .issuer("https://login.example", keys)
///     .audience("orders-api")
///     .also_audience("orders-api-v2")
///     .leeway(30)
///     .build(Seed::new([7; 32]));
/// assert!(verifier.is_ok());
/// ```
#[must_use]
pub struct VerifierBuilder<A> {
    issuers: Vec<Issuer>,
    audience: A,
    profile: Profile,
    leeway: u64,
    max_lifetime: Option<u64>,
    max_token_bytes: usize,
    cache_capacity: usize,
    fingerprints: Option<FingerprintKey>,
    scope_classes: ScopeClasses,
}

/// No audience was named yet.
///
/// ```
/// use jwtrail_verify::{NoAudience, Verifier, VerifierBuilder};
/// let begun: VerifierBuilder<NoAudience> = Verifier::builder();
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct NoAudience;

/// An audience was named, or given up dangerously.
///
/// ```
/// use jwtrail_verify::{HasAudience, Verifier, VerifierBuilder};
/// let ready: VerifierBuilder<HasAudience> = Verifier::builder().audience("orders-api");
/// ```
#[derive(Debug)]
pub struct HasAudience(Audience);

impl VerifierBuilder<NoAudience> {
    pub(crate) fn new() -> Self {
        Self {
            issuers: Vec::new(),
            audience: NoAudience,
            profile: Profile::default(),
            leeway: policy::LEEWAY,
            max_lifetime: Some(policy::MAX_LIFETIME),
            max_token_bytes: policy::MAX_TOKEN_BYTES,
            cache_capacity: policy::CACHE_CAPACITY,
            fingerprints: None,
            scope_classes: ScopeClasses::default(),
        }
    }

    /// The name by which issuers call this service in `aud`, compared exactly.
    pub fn audience(self, name: &str) -> VerifierBuilder<HasAudience> {
        self.with_audience(Audience::OneOf(vec![name.into()]))
    }

    /// Takes tokens that were meant for any service, or for none in particular. Then any service
    /// that is handed a token can use it here. Named in
    /// [`unsafe_options`](Verifier::unsafe_options).
    pub fn dangerous_any_audience(self) -> VerifierBuilder<HasAudience> {
        self.with_audience(Audience::Any)
    }

    fn with_audience(self, audience: Audience) -> VerifierBuilder<HasAudience> {
        VerifierBuilder {
            issuers: self.issuers,
            audience: HasAudience(audience),
            profile: self.profile,
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
            max_token_bytes: self.max_token_bytes,
            cache_capacity: self.cache_capacity,
            fingerprints: self.fingerprints,
            scope_classes: self.scope_classes,
        }
    }
}

impl<A> VerifierBuilder<A> {
    /// An issuer, as its tokens have it in `iss`, with its keys. Call it for each.
    pub fn issuer(mut self, name: &str, keys: KeySet) -> Self {
        self.issuers.push(Issuer::fixed(name, keys));
        self
    }

    /// An issuer whose keys are fetched and change: it has none, and its tokens are refused with
    /// `key_unavailable`, until [`renew_keys`](Verifier::renew_keys).
    ///
    /// `alg` may name these algorithms whatever keys are there, so that a token under a key of a
    /// new kind lacks its key only, and a newer set can be fetched. Usually they are
    /// [`Algorithm::ASYMMETRIC`].
    ///
    /// ```
    /// use jwtrail_verify::{Algorithm, Seed, Verifier};
    /// let verifier = Verifier::builder()
    ///     .remote_issuer("https://login.example", Algorithm::ASYMMETRIC)
    ///     .remote_issuer("https://id.example", &[Algorithm::Es256])
    ///     .audience("orders-api")
    ///     .build(Seed::new([7; 32]));
    /// assert!(verifier.is_ok());
    /// ```
    pub fn remote_issuer(mut self, name: &str, algorithms: &[Algorithm]) -> Self {
        let algorithms = algorithms.iter().copied().collect();
        self.issuers.push(Issuer::remote(name, algorithms));
        self
    }

    /// Which `typ` tokens must have; strict unless said otherwise.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// How much clocks may differ, in seconds: 60 unless said otherwise, at most 300.
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// The longest lifetime of a token, in seconds: 86,400 unless said otherwise, at most
    /// 2,592,000, which is 30 days. It counts from `iat`, or without one from now.
    pub fn max_lifetime(mut self, seconds: u64) -> Self {
        self.max_lifetime = Some(seconds);
        self
    }

    /// Takes tokens however long they live. Then a stolen one is good until somebody revokes it,
    /// and a revocation may be forgotten before the token ends. Named in
    /// [`unsafe_options`](Verifier::unsafe_options).
    pub fn dangerous_any_lifetime(mut self) -> Self {
        self.max_lifetime = None;
        self
    }

    /// The longest token that is looked at, in bytes: 8,192 unless said otherwise, at most 65,536.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.max_token_bytes = bytes;
        self
    }

    /// How many verified tokens are kept: 10,000 unless said otherwise, 0 for none, at most
    /// 1,000,000. Each has 2 KiB of memory; one that needs more takes the place of others.
    pub fn cache_capacity(mut self, tokens: usize) -> Self {
        self.cache_capacity = tokens;
        self
    }

    /// The deployment's fingerprint key. Without one, a random one of this process is used and
    /// marked `local`: its fingerprints compare with nobody else's.
    pub fn fingerprint_key(mut self, key: FingerprintKey) -> Self {
        self.fingerprints = Some(key);
        self
    }

    /// A name for a kind of scopes, such as `admin`: a token is of each class of which it holds
    /// a scope. Records carry the first of them as `scope_class`, by which rules tell privileged
    /// requests from others, so name the most privileged class first. Limits can be set for
    /// each.
    ///
    /// ```
    /// # use jwtrail_event::Timestamp;
    /// # use jwtrail_forge::Forge;
    /// # use jwtrail_verify::{KeySet, Seed, Verifier};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Timestamp::from_seconds(1_800_000_000);
    /// # let forge = Forge::new(now);
    /// let verifier = Verifier::builder()
    ///     .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks())?)
    ///     .audience(forge.audience())
    ///     .scope_class("admin", ["orders:admin", "users:admin"])
    ///     .build(Seed::new([7; 32]))?; // 32 random bytes
    ///
    /// let token = forge.token().scope("orders:read users:admin").sign();
    /// let token = verifier.verify(token.expose(), now)?.token;
    /// assert!(token.scope_classes().eq(["admin"]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope_class<'a>(
        mut self,
        name: &str,
        scopes: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.scope_classes.add(name, scopes);
        self
    }
}

impl VerifierBuilder<HasAudience> {
    /// One more audience.
    pub fn also_audience(mut self, name: &str) -> Self {
        if let HasAudience(Audience::OneOf(names)) = &mut self.audience {
            names.push(name.into());
        }
        self
    }

    /// The verifier. The seed is all the randomness that it will have.
    ///
    /// # Errors
    /// When the configuration is not safe, or says nothing.
    pub fn build(self, seed: Seed) -> Result<Verifier, BuildError> {
        self.check()?;
        let any_audience = matches!(self.audience.0, Audience::Any);
        let options = [
            (any_audience, "dangerous_any_audience"),
            (self.max_lifetime.is_none(), "dangerous_any_lifetime"),
        ];
        let unsafe_options = options.into_iter().filter(|(in_force, _)| *in_force);
        let fingerprints = match self.fingerprints {
            Some(key) => key,
            None => seed.local_fingerprint_key()?,
        };
        Ok(Verifier {
            keys: Keys::new(self.issuers),
            policy: Policy {
                profile: self.profile,
                audience: self.audience.0,
                leeway: i64::try_from(self.leeway).unwrap_or(i64::MAX),
                max_lifetime: self
                    .max_lifetime
                    .map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)),
                max_token_bytes: self.max_token_bytes,
            },
            cache: TokenCache::new(self.cache_capacity, &seed.cache_key()),
            fingerprints,
            scope_classes: self.scope_classes,
            unsafe_options: unsafe_options.map(|(_, name)| name).collect(),
        })
    }

    fn check(&self) -> Result<(), BuildError> {
        if self.issuers.is_empty() {
            return Err(BuildError::NoIssuer);
        }
        for (index, issuer) in self.issuers.iter().enumerate() {
            check_issuer(issuer)?;
            let mut before = self.issuers.iter().take(index);
            if before.any(|other| other.name == issuer.name) {
                return Err(BuildError::DuplicateIssuer {
                    issuer: issuer.name.as_ref().to_owned(),
                });
            }
        }
        if let Audience::OneOf(names) = &self.audience.0
            && names.iter().any(|name| name.is_empty())
        {
            return Err(BuildError::EmptyAudience);
        }
        if let Some(name) = self.scope_classes.unusable() {
            return Err(BuildError::ScopeClass {
                name: name.to_owned(),
            });
        }
        if self.leeway > MAX_LEEWAY {
            return Err(BuildError::LongLeeway {
                seconds: self.leeway,
            });
        }
        self.check_bounds()
    }

    fn check_bounds(&self) -> Result<(), BuildError> {
        if let Some(seconds) = self.max_lifetime
            && !(1..=MOST_LIFETIME).contains(&seconds)
        {
            return Err(BuildError::Lifetime { seconds });
        }
        let bytes = self.max_token_bytes;
        if !(1..=MOST_TOKEN_BYTES).contains(&bytes) {
            return Err(BuildError::TokenBytes { bytes });
        }
        if self.cache_capacity > MOST_CACHED {
            return Err(BuildError::LargeCache {
                tokens: self.cache_capacity,
            });
        }
        Ok(())
    }
}

impl<A: fmt::Debug> fmt::Debug for VerifierBuilder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuers = self.issuers.iter().map(|issuer| &issuer.name);
        f.debug_struct("VerifierBuilder")
            .field("issuers", &issuers.collect::<Vec<_>>())
            .field("audience", &self.audience)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

fn check_issuer(issuer: &Issuer) -> Result<(), BuildError> {
    let name = || issuer.name.as_ref().to_owned();
    if issuer.name.is_empty() {
        return Err(BuildError::EmptyIssuer);
    }
    if issuer.keys.has_unfilled_secret() {
        return Err(BuildError::UnfilledSecret { issuer: name() });
    }
    let Some(algorithms) = issuer.remote else {
        return Ok(());
    };
    if algorithms.is_empty() {
        return Err(BuildError::NoAlgorithm { issuer: name() });
    }
    let mut secret = Algorithm::ALL
        .iter()
        .filter(|algorithm| algorithm.is_symmetric());
    match secret.find(|algorithm| algorithms.contains(**algorithm)) {
        Some(algorithm) => Err(BuildError::FetchedSecret {
            issuer: name(),
            algorithm: *algorithm,
        }),
        None => Ok(()),
    }
}

/// In seconds.
const MAX_LEEWAY: u64 = 300;
/// In seconds: 30 days.
const MOST_LIFETIME: u64 = 2_592_000;
const MOST_TOKEN_BYTES: usize = 65_536;
const MOST_CACHED: usize = 1_000_000;
