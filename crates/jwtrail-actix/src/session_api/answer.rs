use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_event::{Reason, SecretToken};
use jwtrail_session::{Access, Issued, Limited, RefreshRefusal, Refreshed};
use serde::Serialize;

use super::SessionApi;
use super::clients::NoClient;
use crate::auth::Refusal;

impl SessionApi {
    /// The answer with tokens of RFC 6749 section 5.1.
    #[must_use]
    pub fn token_answer(&self, request: &HttpRequest, issued: &Issued) -> HttpResponse {
        self.tokens(request, &issued.access, &issued.refresh_token)
    }

    pub(super) fn refreshed(&self, request: &HttpRequest, refreshed: &Refreshed) -> HttpResponse {
        self.tokens(request, &refreshed.access, &refreshed.refresh_token)
    }

    /// The answer without tokens of RFC 6749 section 5.2: the class, never the reason.
    pub(super) fn refused(&self, request: &HttpRequest, refusal: &RefreshRefusal) -> HttpResponse {
        if refusal.reason() == Reason::BackendUnavailable {
            return self.unavailable(request);
        }
        if let Some(limited) = refusal.limited() {
            return self.limited(request, limited);
        }
        self.error(request, StatusCode::BAD_REQUEST, "invalid_grant")
    }

    pub(super) fn unavailable(&self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut answer = self.error(request, status, "temporarily_unavailable");
        let soon = HeaderValue::from_static("1");
        answer.headers_mut().insert(RETRY_AFTER, soon);
        answer
    }

    /// The answer to a request whose client is not what it says (RFC 6749 section 5.2).
    pub(super) fn no_client(&self, request: &HttpRequest, problem: &NoClient) -> HttpResponse {
        match problem {
            NoClient::Malformed => self.error(request, StatusCode::BAD_REQUEST, "invalid_request"),
            NoClient::Unavailable => self.unavailable(request),
            NoClient::Limited(limited) => self.limited(request, *limited),
            NoClient::Unknown => {
                let status = StatusCode::UNAUTHORIZED;
                let mut answer = self.error(request, status, "invalid_client");
                if let Ok(challenge) = HeaderValue::try_from(self.policy.realm.basic()) {
                    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                }
                answer
            }
        }
    }

    /// 429, and when to come again.
    pub(super) fn limited(&self, request: &HttpRequest, limited: Limited) -> HttpResponse {
        let mut answer = Refusal::Limited(limited).answer(&self.policy.realm);
        let headers = answer.headers_mut();
        self.facts(request).correlation.put_on(headers);
        answer
    }

    pub(super) fn error(
        &self,
        request: &HttpRequest,
        status: StatusCode,
        error: &'static str,
    ) -> HttpResponse {
        self.answer(request, status, &ErrorBody { error })
    }

    pub(super) fn done(&self, request: &HttpRequest) -> HttpResponse {
        self.answer(request, StatusCode::OK, &Done {})
    }

    fn tokens(
        &self,
        request: &HttpRequest,
        access: &Access,
        refresh: &SecretToken,
    ) -> HttpResponse {
        let body = TokenBody {
            access_token: access.token.expose(),
            token_type: "Bearer",
            expires_in: access.expires_in,
            refresh_token: refresh.expose(),
            scope: access.claims.scope.as_deref(),
        };
        self.answer(request, StatusCode::OK, &body)
    }

    fn answer(
        &self,
        request: &HttpRequest,
        status: StatusCode,
        body: &impl Serialize,
    ) -> HttpResponse {
        let mut answer = HttpResponse::build(status).json(body);
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        self.facts(request).correlation.put_on(headers);
        answer
    }
}

#[derive(Serialize)]
struct TokenBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
}

#[derive(Serialize)]
struct Done {}
