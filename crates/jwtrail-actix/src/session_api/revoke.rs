use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_event::Text;
use jwtrail_event::events::TokenRevoked;
use jwtrail_session::{FamilyId, StateError, TokenId};
use jwtrail_verify::VerifiedToken;

use super::SessionApi;
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
        self.revoke_verified(request, token.verified()).await
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
        let facts = self.facts(request);
        self.trail().record(&TokenRevoked {
            correlation: &facts.correlation.event(),
            actor: Text::from(actor),
            target: Text::from(format!("subject:{subject}")),
            claims: None,
            family: None,
            until: Some(revoked.until),
        });
        Ok(())
    }

    /// Revokes a refresh token's family, or an access token with its family. What is neither
    /// is nothing to be revoked.
    ///
    /// # Errors
    /// When the state does not answer: nothing is revoked for certain.
    pub async fn revoke(&self, request: &HttpRequest, token: &str) -> Result<(), StateError> {
        if let Some(family) = self.sessions.family_of(token) {
            return self.revoke_family(request, family, None).await;
        }
        match self.policy.verifier.verify(token, self.now()) {
            Ok(verified) => self.revoke_verified(request, &verified.token).await,
            Err(_) => Ok(()),
        }
    }

    /// The revocation endpoint (RFC 7009): a POST of a form or of JSON with `token`. The answer
    /// does not say whether there was anything to be revoked.
    pub async fn revoke_handler(
        request: HttpRequest,
        body: Result<web::Bytes, actix_web::Error>,
        api: web::Data<Self>,
    ) -> HttpResponse {
        let Some(asked) = read::<RevokeRequest>(&request, body) else {
            return api.error(&request, StatusCode::BAD_REQUEST, "invalid_request");
        };
        match api.revoke(&request, asked.token.expose()).await {
            Ok(()) => api.done(&request),
            Err(_) => api.unavailable(&request),
        }
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
