use std::sync::Arc;

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, Correlation};

use super::answer::ask;
use super::csrf::SameOrigin;
use super::error::ApiError;
use super::server::Site;
use crate::core::Core;
use crate::own_audit::asked_by;
use crate::responses::Status;

/// Which rules respond by themselves, and whether they may.
pub(super) async fn handle(core: Data<Core>) -> Result<Json<Status>, ApiError> {
    let core = Arc::clone(&core);
    let status = ask(&core, |core| Ok(core.responses.status(core.clock.now())));
    Ok(Json(status.await?))
}

/// Lets them respond again after they were halted.
pub(super) async fn reset(
    core: Data<Core>,
    site: Data<Site>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
) -> Result<HttpResponse, ApiError> {
    let core = Arc::clone(&core);
    let trail = site.audit.trail().clone();
    let by = asked_by(&request, &ids, token.subject());
    let reset = ask(&core, move |core| core.responses.reset(core, &trail, by));
    if reset.await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::Conflict("responses are not halted".to_owned()))
    }
}
