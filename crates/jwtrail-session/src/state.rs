mod crowd;
mod expiring;
mod memory;
mod name_hash;
mod proofs;
mod shards;

use std::fmt;

use jwtrail_event::Timestamp;
use jwtrail_verify::VerifiedToken;

pub use memory::MemoryState;
#[cfg(feature = "redis")]
pub(crate) use name_hash::{NameHash, random_keys};
pub use proofs::{MemoryProofs, ProofId, ProofStore, ProofUse};

use crate::{Answer, Family, FamilyId, StateError};

/// What outlives a request: where refresh families stand, and what was revoked.
///
/// Implementations share nothing but this trait's promises: [`advance`](Self::advance) is one
/// compare-and-swap, and what was answered holds from then on for every caller.
/// The trait can be used as `dyn State`.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_session::{FamilyId, MemoryState, State, StateError};
///
/// async fn is_known(state: &dyn State, id: FamilyId, now: Timestamp) -> Result<bool, StateError> {
///     Ok(state.family(id, now).await?.is_some())
/// }
///
/// let state: Box<dyn State> = Box::new(MemoryState::new());
/// ```
pub trait State: fmt::Debug + Send + Sync {
    /// Whether every answer is [`Answer::Ready`]. Then a request whose token is known waits for
    /// nothing.
    fn answers_at_once(&self) -> bool {
        false
    }

    /// Whether a password goes to it where anybody on the way can read it, as somebody wanted it:
    /// whoever uses it tells of that in the trail.
    fn is_plaintext(&self) -> bool {
        false
    }

    /// Keeps a new family until `until`.
    fn open(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<(), StateError>>;

    /// Where a family stands; `None` if it is not known (any more).
    fn family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>>;

    /// Moves a family on by one generation, if it still stands where the caller saw it and was
    /// not revoked: one compare-and-swap.
    fn advance(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>>;

    /// Revokes a family, and forgets it at `until`. Gives it as it stood before, `None` if it is
    /// not known.
    fn revoke_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>>;

    /// Revokes a token, or a subject's tokens, and forgets that at `until`.
    fn revoke<'a>(
        &'a self,
        revocation: Revocation<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<(), StateError>>;

    /// The moment up to which a subject's tokens are revoked, if they are.
    fn revoked_before<'a>(
        &'a self,
        issuer: &'a str,
        subject: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>>;

    /// Whether a token is revoked, by itself, by its family, or by its subject. Asked on every
    /// request.
    fn is_revoked<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>>;

    /// The same of a token at hand; families are those of this issuer. A state that is in memory
    /// keeps with the token what it found out about it.
    fn is_token_revoked<'a>(
        &'a self,
        token: &'a VerifiedToken,
        issuer: &str,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        self.is_revoked(TokenIdentity::of(token, issuer), now)
    }
}

/// A step of a family from one generation to the next.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_session::Advance;
///
/// let step = Advance { from: 1, at: Timestamp::from_seconds(1_800_000_000), access_jti: 7 };
/// assert_eq!(step.from, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The generation that the family must still have.
    pub from: u64,
    /// When it moves on.
    pub at: Timestamp,
    /// The `jti` of the access token that is minted with the new generation.
    pub access_jti: u128,
}

/// What became of an [`Advance`].
///
/// ```
/// use jwtrail_session::Swap;
///
/// let unknown_family = Swap::Lost(None);
/// assert_ne!(unknown_family, Swap::Done);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a compare-and-swap wins or loses")]
pub enum Swap {
    /// The family moved on.
    Done,
    /// It stood elsewhere: there, or nowhere.
    Lost(Option<Family>),
}

/// What identifies a token of an issuer: its `jti`, or without one its fingerprint.
///
/// ```
/// use jwtrail_session::TokenId;
/// use jwtrail_verify::VerifiedToken;
///
/// fn id(token: &VerifiedToken) -> TokenId<'_> {
///     match token.jti() {
///         Some(jti) => TokenId::Jti(jti),
///         None => TokenId::Fingerprint(token.fingerprint().as_str()),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a token has a jti or it has none")]
pub enum TokenId<'a> {
    /// The `jti`.
    Jti(&'a str),
    /// The fingerprint of a token without `jti`. Of one with an ECDSA signature there is a twin
    /// with another fingerprint: revoke its subject or family instead.
    Fingerprint(&'a str),
}

/// What is revoked other than a family.
///
/// ```
/// use jwtrail_session::{Revocation, TokenId};
///
/// let stolen = Revocation::Token { issuer: "https://login.example", id: TokenId::Jti("t-1") };
/// assert_eq!(stolen, stolen.clone());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation<'a> {
    /// One token.
    Token {
        /// Its issuer.
        issuer: &'a str,
        /// Which one.
        id: TokenId<'a>,
    },
    /// Whatever a subject was given up to a moment.
    Subject {
        /// The issuer that knows the subject by this name.
        issuer: &'a str,
        /// The subject.
        subject: &'a str,
        /// The moment.
        before: Timestamp,
    },
}

/// What of a verified token can be revoked.
///
/// ```
/// use jwtrail_session::{TokenId, TokenIdentity};
///
/// let token = TokenIdentity {
///     issuer: "https://login.example",
///     id: TokenId::Jti("t-1"),
///     subject: "user-7",
///     issued_at: Some(1_800_000_000),
///     family: None,
/// };
/// assert!(token.family.is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenIdentity<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `jti` or fingerprint.
    pub id: TokenId<'a>,
    /// `sub`.
    pub subject: &'a str,
    /// `iat`, in seconds. Without it the token counts as old.
    pub issued_at: Option<i64>,
    /// The family, if it is one of ours.
    pub family: Option<FamilyId>,
}

impl<'a> TokenIdentity<'a> {
    /// That of a token, whose family counts if it is of this issuer.
    #[must_use]
    pub fn of(token: &'a VerifiedToken, issuer: &str) -> Self {
        let ours = token.family().filter(|_| token.iss() == issuer);
        Self {
            issuer: token.iss(),
            id: match token.jti() {
                Some(jti) => TokenId::Jti(jti),
                None => TokenId::Fingerprint(token.fingerprint().as_str()),
            },
            subject: token.sub(),
            issued_at: token.iat(),
            family: ours.and_then(|family| family.parse().ok()),
        }
    }
}
