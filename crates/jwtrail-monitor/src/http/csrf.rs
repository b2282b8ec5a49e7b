use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::error::ApiError;
use super::server::Site;

/// Proof that a page of ours sent the request: a header that other origins' pages can't set,
/// and an `Origin`, where there is one, that is ours.
#[derive(Debug)]
pub(super) struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(HEADER);
        ready(if header.is_none_or(|value| value != "1") {
            let missing = format!("the header `{HEADER}: 1` is missing");
            Err(ApiError::Forbidden(missing))
        } else if !is_ours(request) {
            let foreign = "the request comes from a page of another origin";
            Err(ApiError::Forbidden(foreign.to_owned()))
        } else {
            Ok(Self)
        })
    }
}

fn is_ours(request: &HttpRequest) -> bool {
    let mut origins = request.headers().get_all(ORIGIN);
    origins.all(|origin| {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let site = request.app_data::<Data<Site>>();
        let public = site.and_then(|site| site.public_url.as_deref());
        if public.is_some_and(|url| url.eq_ignore_ascii_case(origin)) {
            return true;
        }
        let host = request.headers().get(HOST);
        let host = host.and_then(|host| host.to_str().ok());
        match (origin.split_once("://"), host) {
            (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
            _ => false,
        }
    })
}

const HEADER: &str = "x-jwtrail-request";
