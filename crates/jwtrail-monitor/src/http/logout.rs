use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, Correlation};
use jwtrail_session::TokenId;

use super::answer::ask;
use super::csrf::SameOrigin;
use super::error::ApiError;
use super::login::cookie;
use super::server::Site;
use crate::core::Core;
use crate::revocations;

/// Ends the session: its token is good for nothing from now on.
pub(super) async fn handle(
    core: Data<Core>,
    site: Data<Site>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
) -> Result<HttpResponse, ApiError> {
    let core = Arc::clone(&core);
    let now = core.clock.now();
    let sessions = core.sign_in.sessions();
    let jti = token.verified().jti().ok_or(ApiError::Internal)?;
    let issuer = sessions.issuer();
    let revoked = sessions.revoke_token(issuer, TokenId::Jti(jti), now).await;
    let revoked = revoked.map_err(|_| ApiError::Unavailable("the session can't be ended now"))?;
    let row = revocations::row(jti, revoked.until);
    ask(&core, move |core| core.store.commit(vec![row])).await?;
    site.audit.logged_out(&request, &ids, &token);
    let mut cookie = cookie(&site, String::new()).finish();
    cookie.make_removal();
    Ok(HttpResponse::NoContent().cookie(cookie).finish())
}
