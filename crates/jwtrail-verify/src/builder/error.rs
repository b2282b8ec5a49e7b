use jwtrail_event::UnusableFingerprintKey;

use crate::Algorithm;

/// Why a verifier was not built.
///
/// ```
/// use jwtrail_verify::{BuildError, Seed, Verifier};
/// let built = Verifier::builder().audience("orders-api").build(Seed::new([7; 32]));
/// assert_eq!(built.err(), Some(BuildError::NoIssuer));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No issuer was named.
    #[error("no issuer; name at least one, with its keys")]
    NoIssuer,
    /// An issuer's name is empty.
    #[error("an issuer's name is empty; it is what its tokens have in `iss`")]
    EmptyIssuer,
    /// An issuer's secret is all zero bytes.
    #[error("a secret of `{issuer}` is all zero bytes; draw 32 random ones")]
    UnfilledSecret {
        /// The issuer.
        issuer: String,
    },
    /// An issuer whose keys are fetched may use no algorithm.
    #[error("`{issuer}` may use no algorithm; name those that its keys are for")]
    NoAlgorithm {
        /// The issuer.
        issuer: String,
    },
    /// An issuer whose keys are fetched is to use a secret.
    #[error(
        "`{issuer}` is to use {algorithm}, whose key is a secret, and its keys are fetched; \
         a secret that is published is none"
    )]
    FetchedSecret {
        /// The issuer.
        issuer: String,
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// An issuer was named twice.
    #[error("the issuer `{issuer}` is named twice; put its keys in one set")]
    DuplicateIssuer {
        /// The issuer.
        issuer: String,
    },
    /// An audience's name is empty.
    #[error("an audience's name is empty; it is what tokens for this service have in `aud`")]
    EmptyAudience,
    /// A class of scopes says nothing.
    #[error("the scope class `{name}` needs a name of its own without spaces, and scopes")]
    ScopeClass {
        /// The class.
        name: String,
    },
    /// The leeway is longer than clocks differ.
    #[error("a leeway of {seconds} seconds, the limit is 300; set the clocks instead")]
    LongLeeway {
        /// The leeway.
        seconds: u64,
    },
    /// The longest lifetime is none, or longer than it can be safe.
    #[error(
        "a longest lifetime of {seconds} seconds, it must be from 1 to 2592000; have the issuer \
         mint shorter tokens, or use `dangerous_any_lifetime`"
    )]
    Lifetime {
        /// The longest lifetime.
        seconds: u64,
    },
    /// The longest token is nothing, or too long.
    #[error("tokens of up to {bytes} bytes, it must be from 1 to 65536; put less into the tokens")]
    TokenBytes {
        /// The longest token.
        bytes: usize,
    },
    /// The cache is too large.
    #[error("a cache of {tokens} tokens, the limit is 1000000; fewer are still found quickly")]
    LargeCache {
        /// Its capacity.
        tokens: usize,
    },
    /// The fingerprint key that was derived from the seed was refused.
    #[error("the local fingerprint key can't be used; set one with `fingerprint_key`")]
    Fingerprint(#[from] UnusableFingerprintKey),
}
