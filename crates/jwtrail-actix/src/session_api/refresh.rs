use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_event::events::{
    Family, RefreshRefused, RefreshReplayed, RefreshReused, Request, TokenRefreshed, TokenRevoked,
};
use jwtrail_event::{Reason, Text};
use jwtrail_session::{RefreshKind, RefreshRefusal, Refreshed};

use super::clients::Named;
use super::token_request::{RefreshRequest, read};
use super::{SessionApi, unkept};

impl SessionApi {
    /// Exchanges a refresh token: records `token.refreshed`, `refresh.replayed`,
    /// `refresh.reused` or `refresh.refused`.
    ///
    /// # Errors
    /// When the refresh token is refused; the client learns only that it was.
    pub async fn refresh(
        &self,
        request: &HttpRequest,
        refresh_token: &str,
        client_id: &str,
    ) -> Result<Refreshed, RefreshRefusal> {
        let facts = self.facts(request);
        if self.trail().refuses() {
            let refusal = RefreshRefusal::from(unkept());
            facts.with_event(|request| self.record_refusal(request, &refusal));
            return Err(refusal);
        }
        let limits = &self.policy.limits;
        let told = |turned| self.policy.limits_turned(turned);
        let refreshed = self
            .sessions
            .refresh_within(limits, told, refresh_token, client_id, self.now())
            .await;
        facts.with_event(|request| match &refreshed {
            Ok(refreshed) => self.record_refreshed(request, refreshed),
            Err(refusal) => self.record_refusal(request, refusal),
        });
        self.once_kept(refreshed).await
    }

    /// The token endpoint for `grant_type=refresh_token` (RFC 6749 section 6): a POST of a form
    /// or of JSON with `refresh_token` and the client's credentials, which may stand in the
    /// header instead (section 2.3.1); see [`clients`](SessionApi::clients).
    pub async fn refresh_handler(
        request: HttpRequest,
        body: Result<web::Bytes, actix_web::Error>,
        api: web::Data<Self>,
    ) -> HttpResponse {
        let Some(asked) = read::<RefreshRequest>(&request, body) else {
            api.record_refused(&request, Reason::Missing);
            return api.error(&request, StatusCode::BAD_REQUEST, "invalid_request");
        };
        if asked.grant_type != "refresh_token" {
            api.record_refused(&request, Reason::Missing);
            return api.error(&request, StatusCode::BAD_REQUEST, "unsupported_grant_type");
        }
        let named = Named {
            id: asked.client_id,
            secret: asked.client_secret,
        };
        let client = match api.client(&request, named).await {
            Ok(Some(client)) => client,
            Ok(None) => {
                api.record_refused(&request, Reason::Missing);
                return api.error(&request, StatusCode::BAD_REQUEST, "invalid_request");
            }
            Err(problem) => {
                api.record_refused(&request, problem.reason());
                return api.no_client(&request, &problem);
            }
        };
        let refreshed = api
            .refresh(&request, asked.refresh_token.expose(), &client)
            .await;
        match refreshed {
            Ok(refreshed) => api.refreshed(&request, &refreshed),
            Err(refusal) => api.refused(&request, &refusal),
        }
    }

    fn record_refreshed(&self, request: &Request<'_>, refreshed: &Refreshed) {
        let claims = self.claims(&refreshed.access.claims);
        let family = refreshed.access.claims.event_family();
        let family = family.unwrap_or_else(no_family);
        let previous_jti = Some(Text::from(&refreshed.previous_jti));
        match refreshed.kind {
            RefreshKind::Rotated => self.trail().record(&TokenRefreshed {
                request,
                claims,
                family,
                previous_jti,
            }),
            RefreshKind::Replayed => self.trail().record(&RefreshReplayed {
                request,
                claims,
                family,
                previous_jti,
            }),
        }
    }

    fn record_refusal(&self, request: &Request<'_>, refusal: &RefreshRefusal) {
        if refusal.is_reuse() {
            self.trail().record(&RefreshReused {
                request,
                claims: refusal.event_claims().unwrap_or_default(),
                family: refusal.event_family().unwrap_or_else(no_family),
            });
            return;
        }
        self.trail().record(&RefreshRefused {
            request,
            reason: refusal.reason(),
            claims: refusal.event_claims(),
            family: refusal.event_family(),
        });
        if refusal.family_revoked()
            && let Some(family) = refusal.event_family()
        {
            self.trail().record(&TokenRevoked {
                correlation: &request.correlation,
                actor: Text::from("jwtrail"),
                target: Text::from(format!("family:{}", family.id.as_str())),
                claims: refusal.event_claims(),
                family: Some(family),
                until: None,
            });
        }
    }

    fn record_refused(&self, request: &HttpRequest, reason: Reason) {
        self.facts(request).with_event(|request| {
            self.trail().record(&RefreshRefused {
                request,
                reason,
                claims: None,
                family: None,
            });
        });
    }
}

/// Every refreshed token has a family; the type can't say so.
fn no_family() -> Family<'static> {
    Family {
        id: Text::from("unknown"),
        generation: 0,
    }
}
