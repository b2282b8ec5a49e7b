use jwtrail_event::Timestamp;
use jwtrail_verify::VerifiedToken;

use super::{Sessions, later};
use crate::{
    Answer, CheckFailure, FamilyId, FamilyPlace, KnownFamily, Revocation, StateError, TokenId,
    TokenIdentity,
};

impl Sessions {
    /// Revokes one token of any issuer, until the longest-lived one would have ended.
    ///
    /// # Errors
    ///
    /// A state without room or that does not answer: the token is not revoked.
    pub async fn revoke_token(
        &self,
        issuer: &str,
        id: TokenId<'_>,
        now: Timestamp,
    ) -> Result<Revoked, StateError> {
        let until = self.settings.last_use(now, self.settings.longest_lifetime);
        let revocation = Revocation::Token { issuer, id };
        self.state.revoke(revocation, until, now).await?;
        Ok(Revoked {
            until,
            family: None,
        })
    }

    /// Revokes a family: its refresh tokens, and every access token that came of it.
    ///
    /// The fact's `family` is `None` if the family is not known (any more).
    ///
    /// # Errors
    ///
    /// A state that does not answer: the family is not revoked.
    pub async fn revoke_family(&self, id: FamilyId, now: Timestamp) -> Result<Revoked, StateError> {
        // What was minted last may have been dated to the next second.
        let last = later(now, 1);
        let until = self.settings.last_use(last, self.settings.access_lifetime);
        let family = self.state.revoke_family(id, until, now).await?;
        Ok(Revoked {
            until,
            family: family.map(|family| {
                let generation = family.generation;
                KnownFamily::new(FamilyPlace { id, generation }, &self.issuer, family)
            }),
        })
    }

    /// Revokes whatever a subject of any issuer was given up to now, refresh families of ours
    /// included. A login after that is not concerned.
    ///
    /// # Errors
    ///
    /// A state without room or that does not answer: nothing is revoked.
    pub async fn revoke_subject(
        &self,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<Revoked, StateError> {
        let settings = self.settings;
        let longest = settings.longest_lifetime.max(settings.refresh_lifetime);
        let until = settings.last_use(now, longest);
        // A login after an earlier revocation in this second was dated to the next one.
        // There is none that was dated further ahead than `issue` does.
        let known = self.state.revoked_before(issuer, subject, now).await?;
        let dated_ahead = known.map(|known| Timestamp::from_seconds(known.as_seconds() + 1));
        let before = match dated_ahead {
            Some(ahead) if now < ahead && ahead <= settings.latest_issue(now) => ahead,
            Some(_) | None => now,
        };
        let revocation = Revocation::Subject {
            issuer,
            subject,
            before,
        };
        self.state.revoke(revocation, until, now).await?;
        Ok(Revoked {
            until,
            family: None,
        })
    }

    /// Revokes whatever a subject of any issuer was given up to a moment; one that is still to
    /// come counts as now. What was given later stays good, but for families of ours that were
    /// opened up to then: they can't be refreshed any more.
    ///
    /// # Errors
    ///
    /// A state without room or that does not answer: nothing is revoked.
    pub async fn revoke_subject_before(
        &self,
        issuer: &str,
        subject: &str,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Revoked, StateError> {
        if now <= before {
            return self.revoke_subject(issuer, subject, now).await;
        }
        let longest = self.settings.longest_lifetime;
        let longest = longest.max(self.settings.refresh_lifetime);
        // Counted from now, not from then, if only to keep it simple.
        let until = self.settings.last_use(now, longest);
        let revocation = Revocation::Subject {
            issuer,
            subject,
            before,
        };
        self.state.revoke(revocation, until, now).await?;
        Ok(Revoked {
            until,
            family: None,
        })
    }

    /// The family of a refresh token that we made, as far as it is known.
    ///
    /// # Errors
    ///
    /// A state that does not answer.
    pub async fn known_family(
        &self,
        refresh_token: &str,
        now: Timestamp,
    ) -> Result<Option<KnownFamily>, StateError> {
        let Some(place) = self.refresh_key.read(refresh_token) else {
            return Ok(None);
        };
        let family = self.state.family(place.id, now).await?;
        Ok(family.map(|family| KnownFamily::new(place, &self.issuer, family)))
    }

    /// The family of a refresh token that we made, for a logout that has only this one.
    #[must_use]
    pub fn family_of(&self, refresh_token: &str) -> Option<FamilyId> {
        self.refresh_key.read(refresh_token).map(|place| place.id)
    }

    /// Whether their state lies where a password goes in clear, see
    /// [`State::is_plaintext`](crate::State::is_plaintext).
    #[must_use]
    pub fn are_plaintext(&self) -> bool {
        self.state.is_plaintext()
    }

    /// Whether [`check`](Self::check) is answered without waiting, as out of memory.
    #[must_use]
    pub fn answer_at_once(&self) -> bool {
        self.state.answers_at_once()
    }

    /// Whether a verified token may still be used: asked on every request, after the verifier.
    pub fn check<'a>(
        &'a self,
        token: &'a VerifiedToken,
        now: Timestamp,
    ) -> Answer<'a, Result<(), CheckFailure>> {
        let answer = self.state.is_token_revoked(token, &self.issuer, now);
        answer.map(checked)
    }

    /// Whether something that identifies itself like this may still be used.
    pub fn check_identity<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<(), CheckFailure>> {
        self.state.is_revoked(token, now).map(checked)
    }
}

fn checked(is_revoked: Result<bool, StateError>) -> Result<(), CheckFailure> {
    match is_revoked {
        Ok(false) => Ok(()),
        Ok(true) => Err(CheckFailure::Revoked),
        Err(source) => Err(CheckFailure::Unavailable(source)),
    }
}

/// What was revoked.
///
/// ```
/// use jwtrail_session::Revoked;
///
/// fn ended_a_family(revoked: &Revoked) -> bool {
///     revoked.family.is_some()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// When the revocation is forgotten, as nothing that it concerns can be valid any more.
    pub until: Timestamp,
    /// The family, if one was revoked.
    pub family: Option<KnownFamily>,
}
