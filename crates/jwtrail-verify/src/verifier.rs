mod introspected;
mod signature;

use std::fmt;
use std::sync::Arc;

use jwtrail_event::{CacheUse, Fingerprint, FingerprintKey, Reason, Step, Steps, Timestamp};

use crate::cache::{CacheKey, TokenCache};
use crate::claims::{self, Claims};
use crate::keys::{KeyEpoch, Keys, Snapshot};
use crate::policy::Policy;
use crate::rejection::Shown;
use crate::scope_classes::ScopeClasses;
use crate::signed_token::SignedToken;
use crate::{
    KeySet, NoAudience, Rejection, ScopeSet, UnknownIssuer, Verified, VerifiedToken,
    VerifierBuilder,
};
use signature::{Compact, Failure};

/// Takes tokens through the steps `parse` to `claims`. Share it; every method takes `&self`.
///
/// A token that passed is kept, bounded, under a keyed hash. When it comes again, only what can
/// have changed is checked: the times, and whether its issuer's keys were replaced since. The
/// answer is the one of the first time.
///
/// ```
/// use jwtrail_event::{CacheUse, Reason, Timestamp};
/// use jwtrail_forge::Forge; // mints tokens for tests
/// use jwtrail_verify::{KeySet, Seed, Verifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let forge = Forge::new(now);
/// let verifier = Verifier::builder()
///     .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks())?)
///     .audience(forge.audience())
///     .build(Seed::new([7; 32]))?; // 32 random bytes
///
/// let token = forge.token().subject("alice").expires_in(300).sign();
/// assert_eq!(verifier.verify(token.expose(), now)?.token.sub(), "alice");
/// assert_eq!(verifier.verify(token.expose(), now)?.cache, CacheUse::Hit);
///
/// let later = Timestamp::from_seconds(1_800_000_400);
/// let rejection = verifier.verify(token.expose(), later).unwrap_err();
/// assert_eq!(rejection.reason(), Reason::Expired);
/// # Ok(())
/// # }
/// ```
pub struct Verifier {
    pub(crate) keys: Keys,
    pub(crate) policy: Policy,
    pub(crate) cache: Option<TokenCache>,
    pub(crate) fingerprints: FingerprintKey,
    pub(crate) scope_classes: ScopeClasses,
    pub(crate) unsafe_options: Vec<&'static str>,
}

impl Verifier {
    /// Starts a configuration.
    pub fn builder() -> VerifierBuilder<NoAudience> {
        VerifierBuilder::new()
    }

    /// Verifies a token in compact form, without `Bearer`.
    ///
    /// # Errors
    /// The token's rejection, with the evidence for its audit event.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Box<Rejection>> {
        let Some(cache) = &self.cache else {
            let (verified, _) = self.verify_anew(token, &self.keys.load(), now, CacheUse::None)?;
            return Ok(verified);
        };
        if token.len() > self.policy.max_token_bytes {
            let failure = Failure::at(Step::Parse, Reason::TokenTooLarge);
            return Err(self.reject(token, failure));
        }
        let key = cache.key(token.as_bytes());
        let known = key.and_then(|key| self.check_known(cache, key, now));
        if let Some(known) = known {
            return known;
        }
        let keys = self.keys.load();
        let (verified, epoch) = self.verify_anew(token, &keys, now, CacheUse::Miss)?;
        if let Some(key) = key {
            cache.insert(key, epoch, Arc::clone(&verified.token));
        }
        Ok(verified)
    }

    /// Verifies a token if it is kept from before, so that no signature has to be checked;
    /// `None` if it is not. For clients on whom no more than that is to be spent; and to look a
    /// token up before anything is asked of its bytes, since what is kept was text.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_known(
        &self,
        token: impl AsRef<[u8]>,
        now: Timestamp,
    ) -> Option<Result<Verified, Box<Rejection>>> {
        let token = token.as_ref();
        let cache = self.cache.as_ref()?;
        if token.len() > self.policy.max_token_bytes {
            return None;
        }
        self.check_known(cache, cache.key(token)?, now)
    }

    /// How many tokens the cache holds; zero without one.
    #[must_use]
    pub fn cached_tokens(&self) -> usize {
        self.cache.as_ref().map_or(0, TokenCache::len)
    }

    /// Replaces the keys of one issuer. Each of its tokens is verified anew afterwards.
    ///
    /// # Errors
    /// When the verifier was not built with this issuer.
    pub fn replace_keys(&self, issuer: &str, keys: KeySet) -> Result<(), UnknownIssuer> {
        self.keys.replace(issuer, &keys)
    }

    /// The keys of one issuer as they were fetched, good until then: afterwards its tokens are
    /// refused with `key_unavailable`, those that are kept, too. If they are the keys that are in
    /// force, its tokens stay kept. Says whether they are others.
    ///
    /// ```
    /// # use jwtrail_event::{Reason, Timestamp};
    /// # use jwtrail_forge::Forge;
    /// # use jwtrail_verify::{Algorithm, KeySet, Seed, Verifier};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Timestamp::from_seconds(1_800_000_000);
    /// # let forge = Forge::new(now);
    /// let verifier = Verifier::builder()
    ///     .remote_issuer(forge.issuer(), Algorithm::ASYMMETRIC)
    ///     .audience(forge.audience())
    ///     .build(Seed::new([7; 32]))?;
    /// let token = forge.token().expires_in(300).sign();
    /// let rejection = verifier.verify(token.expose(), now).unwrap_err();
    /// assert_eq!(rejection.reason(), Reason::KeyUnavailable);
    /// assert_eq!(rejection.missing_key_of(), Some(forge.issuer()));
    ///
    /// let fetched = KeySet::from_jwks(forge.jwks())?;
    /// verifier.renew_keys(forge.issuer(), fetched, now.plus_micros(60_000_000))?;
    /// assert!(verifier.has_newer_keys(&rejection));
    /// assert!(verifier.verify(token.expose(), now).is_ok());
    ///
    /// let later = now.plus_micros(60_000_000);
    /// let rejection = verifier.verify(token.expose(), later).unwrap_err();
    /// assert_eq!(rejection.reason(), Reason::KeyUnavailable);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the verifier was not built with this issuer.
    pub fn renew_keys(
        &self,
        issuer: &str,
        keys: KeySet,
        good_until: Timestamp,
    ) -> Result<bool, UnknownIssuer> {
        self.keys.renew(issuer, &keys, good_until)
    }

    /// Whether the keys that a token lacked were renewed since: then it is worth another try.
    #[must_use]
    pub fn has_newer_keys(&self, rejection: &Rejection) -> bool {
        let keys = self.keys.load();
        rejection
            .missing()
            .is_some_and(|missing| keys.is_newer_than(missing))
    }

    /// Whether the keys of this issuer are fetched; `None` if it is not one of the verifier's.
    #[must_use]
    pub fn is_remote(&self, issuer: &str) -> Option<bool> {
        self.keys.load().is_remote(issuer)
    }

    /// The fingerprint of a token, good or bad.
    #[must_use]
    pub fn fingerprint(&self, token: &str) -> Fingerprint {
        self.fingerprints.fingerprint(token)
    }

    /// The names of the classes of scopes, in order.
    ///
    /// ```
    /// # fn example(verifier: jwtrail_verify::Verifier) {
    /// let has_admins = verifier.scope_classes().any(|class| class == "admin");
    /// # }
    /// ```
    pub fn scope_classes(&self) -> impl Iterator<Item = &str> {
        self.scope_classes.names()
    }

    /// The first class of a scope: for records of tokens that are issued here.
    ///
    /// ```
    /// # use jwtrail_verify::ScopeSet;
    /// # fn example(verifier: jwtrail_verify::Verifier) {
    /// let scope: ScopeSet = ["orders:admin"].into_iter().collect();
    /// let class = verifier.scope_class_of(&scope);
    /// # }
    /// ```
    #[must_use]
    pub fn scope_class_of(&self, scope: &ScopeSet) -> Option<Arc<str>> {
        self.scope_classes.of(scope).first().cloned()
    }

    /// The `dangerous_` options in force: each is a `config.unsafe` event at start.
    #[must_use]
    pub fn unsafe_options(&self) -> &[&'static str] {
        &self.unsafe_options
    }

    fn check_known(
        &self,
        cache: &TokenCache,
        key: CacheKey,
        now: Timestamp,
    ) -> Option<Result<Verified, Box<Rejection>>> {
        let known = cache.find(key, &self.keys, now)?;
        let checked = self.check_again(known, now);
        Some(checked.inspect_err(|_| cache.remove(key)))
    }

    fn check_again(
        &self,
        token: Arc<VerifiedToken>,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        match claims::check_times(&token.times(), &self.policy, now.as_seconds()) {
            Ok(()) => Ok(Verified {
                token,
                cache: CacheUse::Hit,
                steps: Steps::passed_up_to(Step::Claims),
            }),
            Err(reason) => {
                let steps = Steps::passed_up_to(Step::Signature);
                let shown = Shown::Cached(token);
                let rejection = Rejection::new(steps, Step::Claims, reason, shown);
                Err(rejection.with_cache(CacheUse::Hit))
            }
        }
    }

    fn verify_anew(
        &self,
        token: &str,
        keys: &Snapshot,
        now: Timestamp,
        cache: CacheUse,
    ) -> Result<(Verified, KeyEpoch), Box<Rejection>> {
        let reject = |failure| self.reject(token, failure).with_cache(cache);
        if token.len() > self.policy.max_token_bytes {
            let failure = Failure::at(Step::Parse, Reason::TokenTooLarge);
            return Err(reject(failure));
        }
        let compact = Compact::decode(token, keys).map_err(reject)?;
        let document = compact.read().map_err(reject)?;
        let epoch = compact
            .check_signature(&document, keys, now)
            .map_err(reject)?;
        let claims = Claims::read(&document.payload, &self.scope_classes);
        let typ = document.header.typ();
        let checked = claims::check(&claims, typ, &self.policy, now.as_seconds());
        let header = document.header.texts();
        let fingerprint = self.fingerprint(token);
        let signed = SignedToken::pack(&header, claims, document.text, fingerprint);
        if let Err(reason) = checked {
            let steps = Steps::passed_up_to(Step::Signature);
            let shown = Shown::Signed(signed);
            let rejection = Rejection::new(steps, Step::Claims, reason, shown);
            return Err(rejection.with_cache(cache));
        }
        compact.remember_header(&document.header, keys, epoch);
        let verified = Verified {
            token: Arc::new(VerifiedToken::new(signed)),
            cache,
            steps: Steps::passed_up_to(Step::Claims),
        };
        Ok((verified, epoch))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("policy", &self.policy)
            .field("unsafe_options", &self.unsafe_options)
            .finish_non_exhaustive()
    }
}
