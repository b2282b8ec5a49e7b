use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::ApiError;

/// Proof that a page of ours sent the request: a header that other origins' pages can't set.
#[derive(Debug)]
pub(super) struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(HEADER);
        ready(if header.is_some_and(|value| value == "1") {
            Ok(Self)
        } else {
            Err(ApiError::Forbidden(format!(
                "the header `{HEADER}: 1` is missing"
            )))
        })
    }
}

const HEADER: &str = "x-jwtrail-request";
