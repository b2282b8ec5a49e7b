use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, JwtAuth, SessionApi};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::Users;

pub(super) fn routes(config: &mut ServiceConfig, auth: &JwtAuth) {
    let users = || auth.require("admin:users");
    config
        .route("/admin/users", web::get().to(list).wrap(users()))
        .route(
            "/admin/users/{name}/sessions",
            web::delete().to(log_out).wrap(users()),
        )
        .route(
            "/admin/refunds",
            web::post().to(refund).wrap(auth.require("admin:refunds")),
        );
}

#[derive(OpenApi)]
#[openapi(paths(list, log_out, refund))]
pub(super) struct AdminDocs;

/// The users.
#[utoipa::path(
    get, path = "/admin/users", tag = "admin", security(("token" = ["admin:users"])),
    responses((status = 200, body = Vec<String>)),
)]
async fn list(users: Data<Users>) -> HttpResponse {
    HttpResponse::Ok().json(users.names())
}

/// Logs a user out everywhere.
#[utoipa::path(
    delete, path = "/admin/users/{name}/sessions", tag = "admin",
    security(("token" = ["admin:users"])),
    params(("name" = String, Path, description = "The user's name")),
    responses((status = 204, description = "Logged out")),
)]
async fn log_out(
    request: HttpRequest,
    sessions: Data<SessionApi>,
    token: AccessToken,
    name: Path<String>,
) -> HttpResponse {
    let actor = token.verified().sub();
    match sessions.revoke_subject(&request, &name, actor).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// Gives money back.
#[utoipa::path(
    post, path = "/admin/refunds", tag = "admin", security(("token" = ["admin:refunds"])),
    request_body = Refund,
    responses((status = 202, body = Refund)),
)]
async fn refund(refund: Json<Refund>) -> HttpResponse {
    HttpResponse::Accepted().json(refund.into_inner())
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Refund {
    /// The order's number.
    order: u64,
    /// How much, in cents.
    cents: u64,
}
