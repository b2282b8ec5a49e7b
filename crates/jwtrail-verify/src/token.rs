use std::fmt;
use std::sync::Arc;

use jwtrail_event::events::{self, TokenHeader};
use jwtrail_event::{CacheUse, Fingerprint, RenderedToken, Steps};
use serde::de::DeserializeOwned;

use crate::claims::Times;
use crate::signed_token::SignedToken;
use crate::token_hashes::Notes;
use crate::{Confirmation, ScopeSet};

/// A token that passed.
///
/// ```
/// use jwtrail_event::CacheUse;
/// use jwtrail_verify::Verified;
///
/// fn was_known(verified: &Verified) -> bool {
///     verified.cache == CacheUse::Hit
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// The token, shared with the cache.
    pub token: Arc<VerifiedToken>,
    /// Whether it had been verified before.
    pub cache: CacheUse,
    /// The steps that were taken: `parse` to `claims`, each passed.
    pub steps: Steps,
}

/// The claims of a verified token.
///
/// `iss` and `sub` are there: the claims step demands them.
///
/// ```
/// # use jwtrail_event::Timestamp;
/// # use jwtrail_forge::Forge;
/// # use jwtrail_verify::{KeySet, Seed, Verifier};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = Timestamp::from_seconds(1_800_000_000);
/// # let forge = Forge::new(now);
/// # let keys = KeySet::from_jwks(forge.jwks())?;
/// # let builder = Verifier::builder().issuer(forge.issuer(), keys).audience(forge.audience());
/// # let verifier = builder.build(Seed::new([7; 32]))?;
/// #[derive(serde::Deserialize)]
/// struct Own {
///     tenant: String,
/// }
///
/// let token = forge.token().scope("orders:read").claim("tenant", "acme").sign();
/// let token = verifier.verify(token.expose(), now)?.token;
/// assert!(token.scope().contains("orders:read"));
/// assert_eq!(token.claims::<Own>()?.tenant, "acme");
/// # Ok(())
/// # }
/// ```
pub struct VerifiedToken {
    signed: SignedToken,
    rendered: RenderedToken,
    notes: Notes,
}

impl VerifiedToken {
    /// The caller has seen the claims step pass.
    pub(crate) fn new(signed: SignedToken) -> Self {
        Self {
            rendered: RenderedToken::new(&signed.event_header(), &signed.event_claims()),
            signed,
            notes: Notes::default(),
        }
    }

    /// About how much memory it takes, in bytes: its own and the allocator's share, the payload,
    /// the claims that were read out of it, and what records say of them.
    pub(crate) fn memory(&self) -> usize {
        FIXED + self.signed.memory() + self.rendered.len()
    }

    pub(crate) const fn notes(&self) -> &Notes {
        &self.notes
    }

    pub(crate) fn times(&self) -> Times {
        self.signed.times()
    }

    /// `iss`. With it, `jti` identifies the token and `sub` the subject.
    #[must_use]
    pub fn iss(&self) -> &str {
        self.signed.iss().unwrap_or_default()
    }

    /// `sub`.
    #[must_use]
    pub fn sub(&self) -> &str {
        self.signed.sub().unwrap_or_default()
    }

    /// `jti`. A token without one, or with an empty one, is known by its
    /// [fingerprint](Self::fingerprint). An ECDSA signature has a twin that holds as well, so
    /// whoever has such a token can give it another fingerprint: revoke its subject instead.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.signed.jti()
    }

    /// `aud`, all of them.
    pub fn aud(&self) -> impl Iterator<Item = &str> {
        self.signed.aud()
    }

    /// `client_id`, or else `azp`.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.signed.client_id()
    }

    /// The elements of `scope` and `scp`.
    #[must_use]
    pub const fn scope(&self) -> &ScopeSet {
        &self.signed.scope
    }

    /// The names of the classes that the scope is of, as the verifier's builder
    /// [has them](crate::VerifierBuilder::scope_class), in its order.
    pub fn scope_classes(&self) -> impl Iterator<Item = &str> {
        self.signed.scope_classes().iter().map(AsRef::as_ref)
    }

    /// `exp`, in seconds since the epoch.
    #[must_use]
    pub fn exp(&self) -> Option<i64> {
        self.times().exp
    }

    /// `iat`, in seconds since the epoch.
    #[must_use]
    pub fn iat(&self) -> Option<i64> {
        self.times().iat
    }

    /// The refresh family or session that the token belongs to: `sid`.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        self.signed.sid()
    }

    /// What the token is bound to, if it is: `cnf`. Taking such a token without the proof of it
    /// is taking it from anybody.
    #[must_use]
    pub fn confirmation(&self) -> Option<&Confirmation> {
        self.signed.confirmation()
    }

    /// The token's fingerprint.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        &self.signed.fingerprint
    }

    /// All claims, in the application's own type.
    ///
    /// # Errors
    /// When they do not have its shape.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<C, ClaimsError> {
        serde_json::from_str(self.signed.payload()).map_err(|source| ClaimsError { source })
    }

    /// What the audit event says of the token's bytes.
    #[must_use]
    pub fn event_header(&self) -> TokenHeader<'_> {
        self.signed.event_header()
    }

    /// What the audit event says of both, in the form of its line.
    #[must_use]
    pub const fn rendered(&self) -> &RenderedToken {
        &self.rendered
    }

    /// What the audit event says of the claims.
    #[must_use]
    pub fn event_claims(&self) -> events::Claims<'_> {
        self.signed.event_claims()
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("fingerprint", &self.signed.fingerprint)
            .finish_non_exhaustive()
    }
}

/// The claims do not have the shape of the application's type.
///
/// ```
/// use jwtrail_verify::VerifiedToken;
///
/// #[derive(serde::Deserialize)]
/// struct Own {
///     tenant: String,
/// }
///
/// fn tenant(token: &VerifiedToken) -> String {
///     match token.claims::<Own>() {
///         Ok(own) => own.tenant,
///         Err(error) => error.to_string(), // without the value; the source has it
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the token's claims do not have the shape that the application's type asks for")]
#[non_exhaustive]
pub struct ClaimsError {
    /// What does not fit. It can repeat a claim's value: not for the client.
    pub source: serde_json::Error,
}

/// The structure, the notes that others keep, the allocations' rounding, and the entry in the
/// cache, in bytes.
const FIXED: usize = 560;
