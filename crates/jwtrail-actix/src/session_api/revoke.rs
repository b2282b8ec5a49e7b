use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_event::events::{RefreshRefused, TokenRevoked};
use jwtrail_event::{Reason, Text, Timestamp};
use jwtrail_session::{FamilyId, KnownFamily, Revoked, StateError, TokenId};
use jwtrail_verify::VerifiedToken;

use super::SessionApi;
use super::clients::{Named, NoClient};
use super::token_request::{RevokeRequest, read};
use crate::AccessToken;

impl SessionApi {
    /// Ends the session of a token: it and its family are revoked. Records `token.revoked`.
    ///
    /// # Errors
    /// When the state does not answer: nothing is revoked for certain.
    pub async fn logout<C>(
        &self,
        request: &HttpRequest,
        token: &AccessToken<C>,
    ) -> Result<(), StateError> {
        let revoked = self.revoke_verified(request, token.verified()).await;
        self.once_recorded().await;
        revoked
    }

    /// Revokes whatever a subject has up to now. Records `token.revoked`; `actor` says who did
    /// it.
    ///
    /// # Errors
    /// When the state does not answer: nothing is revoked.
    pub async fn revoke_subject(
        &self,
        request: &HttpRequest,
        subject: &str,
        actor: &str,
    ) -> Result<(), StateError> {
        let issuer = self.sessions.issuer();
        let revoked = self
            .sessions
            .revoke_subject(issuer, subject, self.now())
            .await?;
        self.record_subject_revoked(request, subject, actor, &revoked);
        self.once_recorded().await;
        Ok(())
    }

    /// Revokes whatever a subject was given up to a moment, for an operator who knows when a
    /// password was lost; a moment that is still to come counts as now. What was given later
    /// stays good. Records `token.revoked`; `actor` says who did it.
    ///
    /// # Errors
    /// When the state does not answer: nothing is revoked.
    pub async fn revoke_subject_before(
        &self,
        request: &HttpRequest,
        subject: &str,
        before: Timestamp,
        actor: &str,
    ) -> Result<(), StateError> {
        let issuer = self.sessions.issuer();
        let revoked = self
            .sessions
            .revoke_subject_before(issuer, subject, before, self.now())
            .await?;
        self.record_subject_revoked(request, subject, actor, &revoked);
        self.once_recorded().await;
        Ok(())
    }

    fn record_subject_revoked(
        &self,
        request: &HttpRequest,
        subject: &str,
        actor: &str,
        revoked: &Revoked,
    ) {
        let facts = self.facts(request);
        self.trail().record(&TokenRevoked {
            correlation: &facts.correlation.event(),
            actor: Text::from(actor),
            target: Text::from(format!("subject:{subject}")),
            claims: None,
            family: None,
            until: Some(revoked.until),
        });
    }

    /// Revokes a refresh token's family, or an access token with its family. What is neither
    /// is nothing to be revoked.
    ///
    /// # Errors
    /// When the state does not answer: nothing is revoked for certain.
    pub async fn revoke(&self, request: &HttpRequest, token: &str) -> Result<(), StateError> {
        let revoked = self.revoke_of(request, token, None).await;
        self.once_recorded().await;
        revoked.map(drop)
    }

    /// As [`revoke`](Self::revoke), if the token is this client's; false if it is another's
    /// (RFC 7009 section 2.1).
    async fn revoke_of(
        &self,
        request: &HttpRequest,
        token: &str,
        client: Option<&str>,
    ) -> Result<bool, StateError> {
        let is_other = |owner: &str| client.is_some_and(|client| client != owner);
        if let Some(family) = self.sessions.family_of(token) {
            if client.is_some()
                && let Some(known) = self.sessions.known_family(token, self.now()).await?
                && is_other(&known.client_id)
            {
                self.record_other_client(request, &known);
                return Ok(false);
            }
            return self
                .revoke_family(request, family, None)
                .await
                .map(|()| true);
        }
        let Ok(verified) = self.policy.verifier.verify(token, self.now()) else {
            return Ok(true);
        };
        let claims = verified.token.event_claims();
        if claims
            .client_id
            .is_some_and(|owner| is_other(owner.as_str()))
        {
            return Ok(false);
        }
        self.revoke_verified(request, &verified.token)
            .await
            .map(|()| true)
    }

    fn record_other_client(&self, request: &HttpRequest, family: &KnownFamily) {
        self.facts(request).with_event(|request| {
            self.trail().record(&RefreshRefused {
                request,
                reason: Reason::RefreshClientMismatch,
                claims: Some(family.event_claims()),
                family: Some(family.place.event_family()),
            });
        });
    }

    /// The revocation endpoint (RFC 7009): a POST of a form or of JSON with `token`. The answer
    /// does not say whether there was anything to be revoked. A client that says who it is
    /// revokes its own tokens only; see [`clients`](SessionApi::clients).
    pub async fn revoke_handler(
        request: HttpRequest,
        body: Result<web::Bytes, actix_web::Error>,
        api: web::Data<Self>,
    ) -> HttpResponse {
        let Some(asked) = read::<RevokeRequest>(&request, body) else {
            return api.error(&request, StatusCode::BAD_REQUEST, "invalid_request");
        };
        let named = Named {
            id: asked.client_id,
            secret: asked.client_secret,
        };
        let client = match api.client(&request, named).await {
            Ok(client) => client,
            Err(problem) => {
                if matches!(problem, NoClient::Unknown) {
                    api.login_failed(&request, None);
                }
                return api.no_client(&request, &problem);
            }
        };
        let token = asked.token.expose();
        let revoked = api.revoke_of(&request, token, client.as_deref()).await;
        api.once_recorded().await;
        match revoked {
            Ok(true) => api.done(&request),
            // Only who has the token learns that it is another client's.
            Ok(false) => api.error(&request, StatusCode::BAD_REQUEST, "invalid_grant"),
            Err(_) => api.unavailable(&request),
        }
    }

    /// What was revoked is, whatever becomes of the record.
    async fn once_recorded(&self) {
        self.trail().answerable().await;
    }

    async fn revoke_verified(
        &self,
        request: &HttpRequest,
        token: &VerifiedToken,
    ) -> Result<(), StateError> {
        let id = match token.jti() {
            Some(jti) => TokenId::Jti(jti),
            None => TokenId::Fingerprint(token.fingerprint().as_str()),
        };
        let (TokenId::Jti(name) | TokenId::Fingerprint(name)) = id;
        let issuer = token.iss();
        let revoked = self.sessions.revoke_token(issuer, id, self.now()).await?;
        let facts = self.facts(request);
        self.trail().record(&TokenRevoked {
            correlation: &facts.correlation.event(),
            actor: Text::from(token.sub()),
            target: Text::from(format!("token:{name}")),
            claims: Some(token.event_claims()),
            family: None,
            until: Some(revoked.until),
        });
        // A family of another issuer has no meaning here.
        let ours = token.family().filter(|_| issuer == self.sessions.issuer());
        match ours.and_then(|family| family.parse().ok()) {
            Some(family) => self.revoke_family(request, family, Some(token.sub())).await,
            None => Ok(()),
        }
    }

    async fn revoke_family(
        &self,
        request: &HttpRequest,
        family: FamilyId,
        actor: Option<&str>,
    ) -> Result<(), StateError> {
        let revoked = self.sessions.revoke_family(family, self.now()).await?;
        let known = revoked.family.as_ref();
        let actor = actor.or_else(|| known.map(|known| known.subject.as_str()));
        let facts = self.facts(request);
        self.trail().record(&TokenRevoked {
            correlation: &facts.correlation.event(),
            actor: Text::from(actor.unwrap_or(CLIENT)),
            target: Text::from(format!("family:{family}")),
            claims: known.map(|known| known.event_claims()),
            family: known.map(|known| known.place.event_family()),
            until: Some(revoked.until),
        });
        Ok(())
    }
}

/// The actor where nobody is known.
const CLIENT: &str = "client";
