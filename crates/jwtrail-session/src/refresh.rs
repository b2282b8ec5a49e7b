use jwtrail_event::{Reason, SecretToken, Text, events};

use crate::{Access, Family, FamilyPlace, Limited, StateError};

/// What a refresh gives.
///
/// ```
/// use jwtrail_session::{RefreshKind, Refreshed};
///
/// fn has_moved_on(refreshed: &Refreshed) -> bool {
///     refreshed.kind == RefreshKind::Rotated
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new access token.
    pub access: Access,
    /// The refresh token to use next: the same one for every replay of its predecessor.
    pub refresh_token: SecretToken,
    /// Whether the family moved on.
    pub kind: RefreshKind,
    /// The `jti` of the access token that the new one follows.
    pub previous_jti: String,
}

/// Whether a refresh moved the family on.
///
/// ```
/// use jwtrail_event::EventName;
/// use jwtrail_session::RefreshKind;
///
/// fn event(kind: RefreshKind) -> EventName {
///     match kind {
///         RefreshKind::Rotated => EventName::TokenRefreshed,
///         RefreshKind::Replayed => EventName::RefreshReplayed,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it moved on or it did not")]
pub enum RefreshKind {
    /// It did: `token.refreshed`.
    Rotated,
    /// The previous refresh token came again inside the grace window: `refresh.replayed`.
    Replayed,
}

/// What is known of the family that a refused refresh token belongs to.
///
/// ```
/// use jwtrail_session::RefreshRefusal;
///
/// fn rightful_owner(refusal: &RefreshRefusal) -> Option<&str> {
///     refusal.family().map(|family| family.subject.as_str())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFamily {
    /// The family, and the generation of the token that came.
    pub place: FamilyPlace,
    /// Our name, the `iss` of its access tokens.
    pub issuer: String,
    /// Whom it speaks for.
    pub subject: String,
    /// The client that it is bound to, which need not be the one that came.
    pub client_id: String,
    /// Its scope, space-separated.
    pub scope: Option<String>,
}

impl KnownFamily {
    pub(crate) fn new(place: FamilyPlace, issuer: &str, family: Family) -> Self {
        Self {
            place,
            issuer: issuer.to_owned(),
            subject: family.subject,
            client_id: family.client_id,
            scope: family.scope,
        }
    }

    /// What is known, as an audit event carries it.
    #[must_use]
    pub fn event_claims(&self) -> events::Claims<'_> {
        events::Claims {
            sub: Some(Text::from(&self.subject)),
            iss: Some(Text::from(&self.issuer)),
            client_id: Some(Text::from(&self.client_id)),
            scope: self.scope.as_ref().map(Text::from),
            ..events::Claims::default()
        }
    }
}

/// A refresh that was refused.
///
/// The client learns nothing of the reason (RFC 6749 section 5.2, `invalid_grant`); it is for
/// the audit event.
///
/// ```
/// use jwtrail_session::RefreshRefusal;
///
/// fn is_an_attack(refusal: &RefreshRefusal) -> bool {
///     refusal.is_reuse() || refusal.family_revoked()
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the refresh token was refused: {reason}")]
pub struct RefreshRefusal {
    reason: Reason,
    family: Option<Box<KnownFamily>>,
    family_revoked: bool,
    limited: Option<Limited>,
    #[source]
    source: Option<RefusalSource>,
}

impl From<StateError> for RefreshRefusal {
    fn from(error: StateError) -> Self {
        Self::unavailable(error)
    }
}

impl RefreshRefusal {
    pub(crate) fn new(reason: Reason) -> Self {
        Self {
            reason,
            family: None,
            family_revoked: false,
            limited: None,
            source: None,
        }
    }

    pub(crate) fn unavailable(source: impl Into<RefusalSource>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(Reason::BackendUnavailable)
        }
    }

    pub(crate) fn of(mut self, family: KnownFamily) -> Self {
        self.family = Some(Box::new(family));
        self
    }

    pub(crate) fn with_limit(mut self, limited: Limited) -> Self {
        self.limited = Some(limited);
        self
    }

    pub(crate) fn with_revocation(mut self, revocation: Result<(), StateError>) -> Self {
        match revocation {
            Ok(()) => self.family_revoked = true,
            Err(source) => self.source = Some(source.into()),
        }
        self
    }

    /// Why: `refresh_reused`, `refresh_client_mismatch`, `refresh_unknown` (not ours, of an
    /// unknown or a revoked family), `expired`, `revoked` (the subject was), `rate_limited`, or
    /// `backend_unavailable`.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Whether an old refresh token came again: `refresh.reused`, not `refresh.refused`.
    #[must_use]
    pub fn is_reuse(&self) -> bool {
        self.reason == Reason::RefreshReused
    }

    /// The limit that refused it, if one did: the token is still good.
    #[must_use]
    pub fn limited(&self) -> Option<Limited> {
        self.limited
    }

    /// Whether this refusal revoked the family.
    #[must_use]
    pub fn family_revoked(&self) -> bool {
        self.family_revoked
    }

    /// The family, where the token was genuine and the family is known.
    #[must_use]
    pub fn family(&self) -> Option<&KnownFamily> {
        self.family.as_deref()
    }

    /// What is known of the subject, as an audit event carries it.
    #[must_use]
    pub fn event_claims(&self) -> Option<events::Claims<'_>> {
        self.family().map(KnownFamily::event_claims)
    }

    /// The place in the family, as an audit event carries it.
    #[must_use]
    pub fn event_family(&self) -> Option<events::Family<'static>> {
        self.family().map(|family| family.place.event_family())
    }
}

/// What stood in the way of a refresh or of the revocation that it called for.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum RefusalSource {
    State(#[from] StateError),
    Session(#[from] crate::SessionError),
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_outage_names_its_cause() {
        let refusal = RefreshRefusal::unavailable(StateError::Unavailable("no answer".into()));
        assert_eq!(refusal.reason(), Reason::BackendUnavailable);
        assert!(refusal.source().is_some());
    }
}
