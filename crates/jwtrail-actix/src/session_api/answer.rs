use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, PRAGMA};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_event::{Reason, SecretToken};
use jwtrail_session::{Access, Issued, RefreshRefusal, Refreshed};
use serde::Serialize;

use super::SessionApi;

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
        self.error(request, StatusCode::BAD_REQUEST, "invalid_grant")
    }

    pub(super) fn unavailable(&self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        self.error(request, status, "temporarily_unavailable")
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
