use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use jwtrail_actix::Correlation;

use super::error::ApiError;
use super::server::Site;
use crate::core::Core;
use crate::producers::Producer;

/// The producer whose credential the request brings. A wrong one is a guess, and on record.
pub(super) fn authenticate(
    core: &Core,
    site: &Site,
    request: &HttpRequest,
    ids: &Correlation,
) -> Result<Arc<Producer>, ApiError> {
    // Which of them counts is a matter of who reads: a proxy may have looked at the other one.
    if request.headers().get_all(AUTHORIZATION).count() > 1 {
        return Err(ApiError::BadRequest(
            "the request has more than one `Authorization` header; send one",
        ));
    }
    known(core, request).or_else(|error| {
        let counted = core.guesses.failed(request, core.clock.now());
        counted.map_err(ApiError::guessed)?;
        site.audit.login_failed(request, ids);
        Err(error)
    })
}

fn known(core: &Core, request: &HttpRequest) -> Result<Arc<Producer>, ApiError> {
    let header = request.headers().get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let credential = header.and_then(|value| {
        let (scheme, credential) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(credential)
    });
    let credential = credential.ok_or(ApiError::Unauthorized(
        "send a producer credential: `Authorization: Bearer <credential>`",
    ))?;
    core.producers.authenticate(credential).ok_or(ApiError::Unauthorized(
        "this producer credential is not known here; make one with the monitor and configure it in the service",
    ))
}
