use std::fmt;

use crate::issuer_keys::{KeySourceError, SourcesError};
use crate::told::told;

/// A protection that can't be built.
///
/// ```
/// use jwtrail_actix::{JwtAuthBuilder, JwtAuthError};
///
/// fn example(auth: JwtAuthBuilder) {
///     let built = auth.realm("two\nlines").build();
///     assert!(matches!(built, Err(JwtAuthError::Realm)));
/// }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum JwtAuthError {
    /// The verifier refused its configuration.
    #[error("the verifier can't be built")]
    Verifier(#[from] jwtrail_verify::BuildError),
    /// The limits can't be built.
    #[error("the limits can't be built")]
    Limits(#[from] jwtrail_session::UnusableLimits),
    /// An issuer's keys can't be fetched from where they should be.
    #[error("the keys of `{issuer}` cannot be fetched as configured")]
    KeySource {
        /// The issuer.
        issuer: String,
        /// Why.
        #[source]
        source: KeySourceError,
    },
    /// Keys are to be fetched for an issuer that does not want them.
    #[error(
        "`{issuer}` has a source of keys too many, or is not an issuer whose keys are fetched; \
         name it once as a remote one"
    )]
    UnwantedKeySource {
        /// The issuer.
        issuer: String,
    },
    /// The thread that fetches keys can't be started.
    #[error("cannot start the thread that fetches keys")]
    KeyThread(#[source] std::io::Error),
    /// The system has no randomness for a key.
    #[error("the system gave no random bytes for a key")]
    Randomness,
    /// The introspection can't be used.
    #[error("the introspection can't be used: {problem}")]
    Introspection {
        /// What it lacks.
        problem: &'static str,
    },
    /// An origin for DPoP is none.
    #[error(
        "`{origin}` is no origin: an http or https URL without query, e.g. `https://orders.example`"
    )]
    DpopOrigin {
        /// As given.
        origin: String,
    },
    /// Something is to be taken from trusted proxies, and there are none.
    #[error("the {what} is to come from trusted proxies; name them with `trusted_proxies`")]
    NoTrustedProxies {
        /// What.
        what: &'static str,
    },
    /// The quarantine list is another trail's as well, which has other pseudonyms.
    #[error(
        "the quarantine list is shared with a protection whose trail names subjects by other \
         pseudonyms, and would not hold the subjects of this one; give each its own \
         `QuarantineList`, or both the same key"
    )]
    OtherPseudonyms,
    /// The realm can't stand in a header.
    #[error("the realm must be visible ASCII without quotes and backslashes, and not empty")]
    Realm,
    /// The cookie's name can't stand in a header.
    #[error("`{name}` is no name for a cookie (RFC 6265 section 4.1.1)")]
    CookieName {
        /// The name as given.
        name: String,
    },
    /// A limit is set for a class of scopes that nobody defined.
    #[error("a limit is set for the scope class `{name}`, which the verifier does not define")]
    ScopeClass {
        /// The class.
        name: String,
    },
    /// The header can't be looked into for a token.
    #[error(
        "`{name}` is no header for a token: it must be a name, and not `Authorization` or `Cookie`"
    )]
    HeaderName {
        /// The name as given.
        name: String,
    },
    /// What should be an origin is none.
    #[error("`{origin}` is no origin: write it like `https://shop.example`")]
    Origin {
        /// The text as given.
        origin: String,
    },
}

impl fmt::Debug for JwtAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(self, f)
    }
}

impl From<SourcesError> for JwtAuthError {
    fn from(error: SourcesError) -> Self {
        match error {
            SourcesError::Source { issuer, problem } => Self::KeySource {
                issuer,
                source: problem,
            },
            SourcesError::NotFetched { issuer } => Self::UnwantedKeySource { issuer },
            SourcesError::Thread(error) => Self::KeyThread(error),
        }
    }
}
