use std::sync::Arc;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::{Data, Json, Payload};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse};
use jwtrail_actix::Correlation;
use serde::Deserialize;
use tokio::time::timeout;

use super::csrf::SameOrigin;
use super::error::ApiError;
use super::server::Site;
use crate::core::Core;
use crate::sign_in::SESSION_LIFETIME;

#[derive(Deserialize)]
pub(super) struct Login {
    code: String,
}

/// Exchanges a one-time code for a session.
pub(super) async fn handle(
    core: Data<Core>,
    site: Data<Site>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let core = Arc::clone(&core);
    let mut payload = payload.into_inner();
    let login = Json::<Login>::from_request(&request, &mut payload);
    let login = timeout(core.limits.login_deadline, login).await;
    let login = login
        .map_err(|_| ApiError::Timeout)?
        .map_err(|_| ApiError::BadRequest("the body is not the JSON that this route takes"))?;
    let now = core.clock.now();
    if !core.sign_in.redeem(&login.code, now) {
        let counted = core.guesses.failed(&request, now);
        counted.map_err(ApiError::guessed)?;
        site.audit.login_failed(&request, &ids);
        return Err(ApiError::Unauthorized(
            "this code is used, too old or not known; ask for a new link",
        ));
    }
    let access = core.sign_in.access("dashboard", now);
    let access = access.map_err(|_| ApiError::Internal)?;
    site.audit.logged_in(&request, &ids, &access.claims);
    let cookie = cookie(&site, access.token.expose().to_owned());
    Ok(HttpResponse::NoContent()
        .cookie(
            cookie
                .max_age(Duration::seconds(SESSION_LIFETIME.into()))
                .finish(),
        )
        .finish())
}

/// The cookie of a session.
pub(super) fn cookie(site: &Site, value: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(COOKIE, value)
        .path("/")
        .http_only(true)
        .secure(site.secure)
        .same_site(SameSite::Strict)
}

pub(crate) const COOKIE: &str = "jwtrail_session";
