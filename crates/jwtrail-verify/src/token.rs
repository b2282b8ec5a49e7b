use std::fmt;
use std::sync::Arc;

use jwtrail_event::events::{self, TokenHeader};
use jwtrail_event::{CacheUse, Fingerprint, RenderedToken, Steps, Text};
use serde::de::DeserializeOwned;

use crate::claims::{Claims, Times};
use crate::header::Header;
use crate::texts::Texts;
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

/// A token whose signature held under a key bound to its issuer: header and claims, never the
/// token itself.
pub(crate) struct SignedToken {
    pub(crate) header: Header,
    pub(crate) claims: Claims,
    pub(crate) fingerprint: Fingerprint,
    /// As JSON, which has been read once and is an object without duplicate members: it takes a
    /// fraction of the memory of its values.
    pub(crate) payload: Box<[u8]>,
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
    texts: Texts<10>,
    /// `aud` beyond the first.
    more_audiences: Box<[Box<str>]>,
    scope: ScopeSet,
    scope_classes: Box<[Arc<str>]>,
    times: Times,
    confirmation: Option<Box<Confirmation>>,
    fingerprint: Fingerprint,
    rendered: RenderedToken,
    notes: Notes,
}

/// The places of the texts.
const KID: usize = 0;
const ALG: usize = 1;
const TYP: usize = 2;
const JTI: usize = 3;
const SUB: usize = 4;
const ISS: usize = 5;
const CLIENT: usize = 6;
const SID: usize = 7;
const AUD: usize = 8;
const PAYLOAD: usize = 9;

impl VerifiedToken {
    /// The caller has seen the claims step pass.
    pub(crate) fn new(signed: SignedToken) -> Self {
        let SignedToken {
            header,
            claims,
            fingerprint,
            payload,
        } = signed;
        let rendered = RenderedToken::new(&header.event(&fingerprint), &claims.event());
        let mut audiences = claims.aud.unwrap_or_default().into_iter();
        let first_audience = audiences.next();
        // It was read as JSON, which is UTF-8.
        let payload = String::from_utf8_lossy(&payload);
        let texts = Texts::pack([
            header.kid.as_deref(),
            header.alg.as_deref(),
            header.typ.as_deref(),
            claims.jti.as_deref(),
            claims.sub.as_deref(),
            claims.iss.as_deref(),
            claims.client_id.as_deref(),
            claims.sid.as_deref(),
            first_audience.as_deref(),
            Some(&payload),
        ]);
        Self {
            texts,
            more_audiences: audiences.collect(),
            scope: claims.scope,
            scope_classes: claims.scope_classes,
            times: claims.times,
            confirmation: claims.cnf,
            fingerprint,
            rendered,
            notes: Notes::default(),
        }
    }

    /// About how much memory it takes, in bytes: its own and the allocator's share, the payload,
    /// the claims that were read out of it, and what records say of them.
    pub(crate) fn memory(&self) -> usize {
        let texts = self.texts.len() + self.scope.as_str().len() + self.rendered.len();
        FIXED + texts + AUDIENCE * self.more_audiences.len()
    }

    pub(crate) const fn notes(&self) -> &Notes {
        &self.notes
    }

    pub(crate) const fn times(&self) -> &Times {
        &self.times
    }

    /// `iss`. With it, `jti` identifies the token and `sub` the subject.
    #[must_use]
    pub fn iss(&self) -> &str {
        self.texts.get(ISS).unwrap_or_default()
    }

    /// `sub`.
    #[must_use]
    pub fn sub(&self) -> &str {
        self.texts.get(SUB).unwrap_or_default()
    }

    /// `jti`. A token without one, or with an empty one, is known by its
    /// [fingerprint](Self::fingerprint). An ECDSA signature has a twin that holds as well, so
    /// whoever has such a token can give it another fingerprint: revoke its subject instead.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.texts.get(JTI)
    }

    /// `aud`, all of them.
    pub fn aud(&self) -> impl Iterator<Item = &str> {
        let more = self.more_audiences.iter().map(AsRef::as_ref);
        self.texts.get(AUD).into_iter().chain(more)
    }

    /// `client_id`, or else `azp`.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.texts.get(CLIENT)
    }

    /// The elements of `scope` and `scp`.
    #[must_use]
    pub const fn scope(&self) -> &ScopeSet {
        &self.scope
    }

    /// The names of the classes that the scope is of, as the verifier's builder
    /// [has them](crate::VerifierBuilder::scope_class), in its order.
    pub fn scope_classes(&self) -> impl Iterator<Item = &str> {
        self.scope_classes.iter().map(AsRef::as_ref)
    }

    /// `exp`, in seconds since the epoch.
    #[must_use]
    pub const fn exp(&self) -> Option<i64> {
        self.times.exp
    }

    /// `iat`, in seconds since the epoch.
    #[must_use]
    pub const fn iat(&self) -> Option<i64> {
        self.times.iat
    }

    /// The refresh family or session that the token belongs to: `sid`.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        self.texts.get(SID)
    }

    /// What the token is bound to, if it is: `cnf`. Taking such a token without the proof of it
    /// is taking it from anybody.
    #[must_use]
    pub fn confirmation(&self) -> Option<&Confirmation> {
        self.confirmation.as_deref()
    }

    /// The token's fingerprint.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// All claims, in the application's own type.
    ///
    /// # Errors
    /// When they do not have its shape.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<C, ClaimsError> {
        let payload = self.texts.get(PAYLOAD).unwrap_or_default();
        serde_json::from_str(payload).map_err(|source| ClaimsError { source })
    }

    /// What the audit event says of the token's bytes.
    #[must_use]
    pub fn event_header(&self) -> TokenHeader<'_> {
        TokenHeader {
            kid: self.text(KID),
            alg: self.text(ALG),
            typ: self.text(TYP),
            fingerprint: Some(Text::from(self.fingerprint.as_str())),
        }
    }

    /// What the audit event says of both, in the form of its line.
    #[must_use]
    pub const fn rendered(&self) -> &RenderedToken {
        &self.rendered
    }

    /// What the audit event says of the claims.
    #[must_use]
    pub fn event_claims(&self) -> events::Claims<'_> {
        events::Claims {
            jti: self.text(JTI),
            sub: self.text(SUB),
            iss: self.text(ISS),
            aud: self.aud().map(Text::from).collect(),
            client_id: self.text(CLIENT),
            scope: (!self.scope.is_empty()).then(|| Text::from(self.scope.as_str())),
            scope_class: self.scope_classes().next().map(Text::from),
            exp: self.times.exp,
            iat: self.times.iat,
        }
    }

    fn text(&self, place: usize) -> Option<Text<'_>> {
        self.texts.get(place).map(Text::from)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("fingerprint", &self.fingerprint)
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
const FIXED: usize = 608;
/// What one more audience takes beyond its text, in bytes.
const AUDIENCE: usize = 48;
