use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};

use super::error::ApiError;
use crate::assets;

/// A file of the dashboard.
pub(super) async fn handle(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asset = assets::find(request.path()).ok_or(ApiError::NotFound("no such page"))?;
    let known = request.headers().get(IF_NONE_MATCH);
    let mut answer = if known.is_some_and(|value| value == asset.etag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((ETAG, asset.etag))
        .insert_header((CACHE_CONTROL, asset.cache_control()))
        .content_type(asset.content_type);
    Ok(if known.is_some_and(|value| value == asset.etag) {
        answer.finish()
    } else {
        answer.body(asset.body)
    })
}
