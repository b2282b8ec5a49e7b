use std::fmt;
use std::sync::Arc;

use jwtrail_event::events::Evidence;
use jwtrail_event::{CacheUse, Fingerprint, Reason, Step, Steps};

use crate::VerifiedToken;
use crate::claims::Hearsay;
use crate::header::Header;
use crate::keys::MissingKey;
use crate::signed_token::SignedToken;

/// A token that was refused: why, at which step, and what it showed.
///
/// It holds no part of the token but its header's names and registered claims. The answer to the
/// client should say none of it.
///
/// ```
/// # use jwtrail_event::{Reason, Timestamp, events::Evidence};
/// # use jwtrail_forge::Forge;
/// # use jwtrail_verify::{KeySet, Seed, Verifier};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = Timestamp::from_seconds(1_800_000_000);
/// # let forge = Forge::new(now);
/// # let keys = KeySet::from_jwks(forge.jwks())?;
/// # let builder = Verifier::builder().issuer(forge.issuer(), keys).audience(forge.audience());
/// # let verifier = builder.build(Seed::new([7; 32]))?;
/// let forged = forge.token().signed_by_stranger().sign();
/// let rejection = verifier.verify(forged.expose(), now).unwrap_err();
/// assert_eq!(rejection.reason(), Reason::BadSignature);
/// assert!(matches!(rejection.evidence(), Evidence::Unverified { .. }));
///
/// let elsewhere = forge.token().audience("another-service").sign();
/// let rejection = verifier.verify(elsewhere.expose(), now).unwrap_err();
/// assert_eq!(rejection.steps().to_string(), "parse:ok header:ok key:ok signature:ok claims:bad_audience");
/// assert!(matches!(rejection.evidence(), Evidence::Signed { .. }));
/// # Ok(())
/// # }
/// ```
pub struct Rejection {
    reason: Reason,
    steps: Steps,
    cache: CacheUse,
    shown: Shown,
    missing: Option<Box<MissingKey>>,
}

/// How far the steps came, with what can be said of the token there.
pub(crate) enum Shown {
    Unverified {
        header: Header<'static>,
        claimed: Hearsay,
        fingerprint: Fingerprint,
    },
    Signed(SignedToken),
    /// Verified once, and refused now.
    Cached(Arc<VerifiedToken>),
}

impl Rejection {
    pub(crate) fn new(mut steps: Steps, step: Step, reason: Reason, shown: Shown) -> Box<Self> {
        steps.failed(step, reason);
        Box::new(Self {
            reason,
            steps,
            cache: CacheUse::None,
            shown,
            missing: None,
        })
    }

    pub(crate) fn with_cache(mut self: Box<Self>, cache: CacheUse) -> Box<Self> {
        self.cache = cache;
        self
    }

    pub(crate) fn with_missing(mut self: Box<Self>, missing: Option<Box<MissingKey>>) -> Box<Self> {
        self.missing = missing;
        self
    }

    pub(crate) fn missing(&self) -> Option<&MissingKey> {
        self.missing.as_deref()
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The steps that were taken; the last one failed.
    #[must_use]
    pub const fn steps(&self) -> Steps {
        self.steps
    }

    /// What the verified-token cache said.
    #[must_use]
    pub const fn cache(&self) -> CacheUse {
        self.cache
    }

    /// The issuer out of whose set the token's key is missing, if its keys are fetched and newer
    /// ones may have it. One of the verifier's, never the token's word.
    #[must_use]
    pub fn missing_key_of(&self) -> Option<&str> {
        self.missing.as_ref().map(|missing| &*missing.issuer)
    }

    /// The token's fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        match &self.shown {
            Shown::Unverified { fingerprint, .. } => fingerprint,
            Shown::Signed(token) => &token.fingerprint,
            Shown::Cached(token) => token.fingerprint(),
        }
    }

    /// What the token showed: with trust signed if the signature held, else only as claimed.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        let (header, claims) = match &self.shown {
            Shown::Unverified {
                header,
                claimed,
                fingerprint,
            } => {
                return Evidence::Unverified {
                    header: header.event(fingerprint),
                    claimed: claimed.event(),
                };
            }
            Shown::Signed(token) => (token.event_header(), token.event_claims()),
            Shown::Cached(token) => (token.event_header(), token.event_claims()),
        };
        Evidence::Signed { header, claims }
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("reason", &self.reason)
            .field("steps", &self.steps)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token was refused: {}", self.steps)
    }
}

impl std::error::Error for Rejection {}
