use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use jwtrail_actix::{AccessToken, JwtAuth};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use super::book::{Book, Order};

pub(super) fn routes(config: &mut ServiceConfig, auth: &JwtAuth) {
    let read = || auth.require("orders:read");
    config
        .route("/orders", web::get().to(list).wrap(read()))
        .route(
            "/orders",
            web::post().to(place).wrap(auth.require("orders:write")),
        )
        .route("/orders/{id}", web::get().to(show).wrap(read()))
        .route(
            "/orders/{id}/cancel",
            web::post().to(cancel).wrap(auth.require("orders:cancel")),
        );
}

#[derive(OpenApi)]
#[openapi(paths(list, place, show, cancel))]
pub(super) struct ShopDocs;

/// The caller's orders.
#[utoipa::path(
    get, path = "/orders", tag = "orders", security(("token" = ["orders:read"])),
    responses((status = 200, body = Vec<Order>)),
)]
async fn list(token: AccessToken, book: Data<Book>) -> HttpResponse {
    HttpResponse::Ok().json(book.of(token.verified().sub()))
}

/// Places an order.
#[utoipa::path(
    post, path = "/orders", tag = "orders", security(("token" = ["orders:write"])),
    request_body = NewOrder,
    responses(
        (status = 201, body = Order),
        (status = 409, description = "Too many open orders"),
    ),
)]
async fn place(token: AccessToken, book: Data<Book>, order: Json<NewOrder>) -> HttpResponse {
    let order = order.into_inner();
    if order.quantity == 0 || order.item.is_empty() || order.item.len() > MAX_ITEM {
        return HttpResponse::UnprocessableEntity().finish();
    }
    match book.place(token.verified().sub(), order.item, order.quantity) {
        Some(order) => HttpResponse::Created().json(order),
        None => HttpResponse::Conflict().finish(),
    }
}

/// One of the caller's orders.
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders", security(("token" = ["orders:read"])),
    params(("id" = u64, Path, description = "The order's number")),
    responses((status = 200, body = Order), (status = 404, description = "No such order")),
)]
async fn show(token: AccessToken, book: Data<Book>, id: Path<u64>) -> HttpResponse {
    match book.find(token.verified().sub(), *id) {
        Some(order) => HttpResponse::Ok().json(order),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Cancels one of the caller's orders.
#[utoipa::path(
    post, path = "/orders/{id}/cancel", tag = "orders",
    security(("token" = ["orders:cancel"])),
    params(("id" = u64, Path, description = "The order's number")),
    responses((status = 200, body = Order), (status = 404, description = "No such order")),
)]
async fn cancel(token: AccessToken, book: Data<Book>, id: Path<u64>) -> HttpResponse {
    match book.cancel(token.verified().sub(), *id) {
        Some(order) => HttpResponse::Ok().json(order),
        None => HttpResponse::NotFound().finish(),
    }
}

#[derive(Deserialize, ToSchema)]
struct NewOrder {
    /// What is ordered.
    item: String,
    /// How many.
    quantity: u32,
}

/// In bytes.
const MAX_ITEM: usize = 200;
