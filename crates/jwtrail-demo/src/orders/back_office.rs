use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use jwtrail_actix::JwtAuth;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::Users;
use super::book::Book;

pub(super) fn routes(config: &mut ServiceConfig, auth: &JwtAuth) {
    config
        .route(
            "/customers",
            web::get()
                .to(customers)
                .wrap(auth.require("customers:read")),
        )
        .route(
            "/reports/daily",
            web::get().to(daily).wrap(auth.require("reports:read")),
        );
}

#[derive(OpenApi)]
#[openapi(paths(customers, daily))]
pub(super) struct BackOfficeDocs;

/// The customers.
#[utoipa::path(
    get, path = "/customers", tag = "back office", security(("token" = ["customers:read"])),
    responses((status = 200, body = Vec<String>)),
)]
async fn customers(users: Data<Users>) -> HttpResponse {
    HttpResponse::Ok().json(users.names())
}

/// How the shop did.
#[utoipa::path(
    get, path = "/reports/daily", tag = "back office", security(("token" = ["reports:read"])),
    responses((status = 200, body = Daily)),
)]
async fn daily(book: Data<Book>) -> HttpResponse {
    let (orders, cancelled) = book.totals();
    HttpResponse::Ok().json(Daily { orders, cancelled })
}

#[derive(Serialize, ToSchema)]
struct Daily {
    /// Orders that were placed.
    orders: usize,
    /// Orders that were cancelled.
    cancelled: usize,
}
