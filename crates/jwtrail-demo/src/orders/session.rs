use actix_web::web::{self, Data, Json, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, JwtAuth, SessionApi};
use jwtrail_event::SecretToken;
use serde::Deserialize as _;
use utoipa::ToSchema;

use super::Users;

pub(super) fn routes(config: &mut ServiceConfig, auth: &JwtAuth) {
    config
        .route("/login", web::post().to(login))
        .route("/refresh", web::post().to(SessionApi::refresh_handler))
        .route("/logout", web::post().to(logout).wrap(auth.clone()));
}

/// Logs a user in.
#[utoipa::path(
    post, path = "/login", tag = "session", request_body = Login,
    responses(
        (status = 200, description = "Tokens", body = Tokens),
        (status = 401, description = "Wrong name or password"),
    ),
)]
async fn login(
    request: HttpRequest,
    sessions: Data<SessionApi>,
    users: Data<Users>,
    login: Json<Login>,
) -> HttpResponse {
    let Some(grant) = users.log_in(&login.username, login.password.expose()) else {
        sessions.login_failed(&request, Some(&login.username));
        return HttpResponse::Unauthorized()
            .json(serde_json::json!({ "error": "bad_credentials" }));
    };
    match sessions.login(&request, grant).await {
        Ok(issued) => sessions.token_answer(&request, &issued),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// Exchanges a refresh token for new tokens.
#[utoipa::path(
    post, path = "/refresh", tag = "session", request_body = Refresh,
    responses(
        (status = 200, description = "Tokens", body = Tokens),
        (status = 400, description = "The refresh token was refused"),
    ),
)]
#[expect(dead_code, reason = "documents the ready handler")]
fn refresh() {}

/// Ends the session: its tokens are good for nothing any more.
#[utoipa::path(
    post, path = "/logout", tag = "session", security(("token" = [])),
    responses((status = 204, description = "Logged out")),
)]
async fn logout(
    request: HttpRequest,
    sessions: Data<SessionApi>,
    token: AccessToken,
) -> HttpResponse {
    match sessions.logout(&request, &token).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[derive(serde::Deserialize, ToSchema)]
struct Login {
    /// The user's name.
    username: String,
    /// The user's password.
    #[schema(value_type = String, format = Password)]
    #[serde(deserialize_with = "secret")]
    password: SecretToken,
}

/// RFC 6749 section 6.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the ready handler reads")]
struct Refresh {
    /// `refresh_token`.
    grant_type: String,
    /// The refresh token that was given last.
    refresh_token: String,
    /// `orders-web`.
    client_id: String,
}

/// RFC 6749 section 5.1.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the ready handlers answer")]
struct Tokens {
    /// The JWT for the `Authorization` header.
    access_token: String,
    /// `Bearer`.
    token_type: String,
    /// Seconds until the access token expires.
    expires_in: u64,
    /// The token for the next refresh.
    refresh_token: String,
    /// What the tokens are good for.
    scope: String,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretToken, D::Error> {
    String::deserialize(deserializer).map(SecretToken::new)
}

pub(super) use docs::SessionDocs;

mod docs {
    use utoipa::OpenApi;

    use super::{__path_login, __path_logout, __path_refresh};

    #[derive(OpenApi)]
    #[openapi(paths(login, logout, refresh))]
    pub(in crate::orders) struct SessionDocs;
}
