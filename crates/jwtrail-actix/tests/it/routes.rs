//! The routes of the tests' service.

use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_actix::{AccessDenied, AccessToken, Correlation, JwtAuth, SessionApi, scope};
use jwtrail_event::Timestamp;
use jwtrail_session::Grant;
use tokio::sync::Notify;

pub(crate) fn routes(config: &mut web::ServiceConfig, auth: &JwtAuth, required: &str) {
    config
        .route("/login", web::post().to(login))
        .route("/token", web::post().to(SessionApi::refresh_handler))
        .route("/revoke", web::post().to(SessionApi::revoke_handler))
        .route("/revoke-before", web::post().to(revoke_before))
        .route("/unprotected", web::get().to(whoami))
        .service(
            web::scope("/alone")
                .wrap(auth.require(required))
                .route("/{id}", web::get().to(whoami)),
        )
        .service(
            web::scope("/optional")
                .wrap(auth.optional())
                .route("/maybe", web::get().to(maybe))
                .route("/always", web::get().to(whoami)),
        )
        .service(
            web::scope("/optional-scope")
                .wrap(auth.optional().require(required))
                .route("/maybe", web::get().to(maybe)),
        )
        .service(
            web::scope("")
                .wrap(auth.clone())
                .route("/orders/{id}", web::get().to(whoami))
                .route("/tenant", web::get().to(tenant))
                .route("/maybe", web::get().to(maybe))
                .route("/objects/{owner}", web::get().to(object))
                .route("/hidden/{owner}", web::get().to(hidden_object))
                .route("/reports", web::get().to(reports))
                .service(web::resource("/any").to(HttpResponse::NoContent))
                .service(web::resource("/any-token").to(whoami))
                .route("/logout", web::post().to(logout))
                .route("/wait", web::get().to(wait))
                .route("/panic", web::get().to(panics))
                .route("/upload", web::post().to(upload))
                .service(
                    web::scope("/nested")
                        .wrap(auth.require(required))
                        .wrap(auth.clone())
                        .route("/twice", web::get().to(whoami))
                        .route("/wait", web::get().to(wait)),
                ),
        );
}

/// Revokes what alice had so many seconds ago.
async fn revoke_before(
    request: HttpRequest,
    api: web::Data<SessionApi>,
    ago: String,
) -> HttpResponse {
    let now = Timestamp::from_seconds(crate::server::NOW + 100);
    let before = now.plus_micros(ago.parse::<i64>().unwrap() * 1_000_000);
    let revoked = api.revoke_subject_before(&request, "alice", before, "operator");
    match revoked.await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// One that must go on, whatever became of the state.
pub(crate) fn unchecked_route(config: &mut web::ServiceConfig, auth: &JwtAuth) {
    let auth = auth.dangerous_accept_when_state_is_down();
    config.route("/unchecked", web::get().to(whoami).wrap(auth));
}

async fn whoami(token: AccessToken, correlation: Correlation) -> HttpResponse {
    let [(_, trace), (_, id)] = correlation.headers();
    let subject = token.subject().len();
    HttpResponse::Ok().body(format!("{subject} {trace} {id}"))
}

async fn maybe(token: Option<AccessToken>) -> &'static str {
    if token.is_some() {
        "somebody"
    } else {
        "nobody"
    }
}

async fn object(token: AccessToken, owner: web::Path<String>) -> Result<String, AccessDenied> {
    token.authorize_object("order", *owner == token.subject())?;
    Ok("an order".to_owned())
}

/// One that does not tell what there is.
async fn hidden_object(token: AccessToken, owner: web::Path<String>) -> HttpResponse {
    match object(token, owner).await {
        Ok(order) => HttpResponse::Ok().body(order),
        Err(_) => HttpResponse::NotFound().finish(),
    }
}

/// Asked on another thread, as where work blocks.
async fn reports(token: AccessToken) -> Result<&'static str, AccessDenied> {
    let asked = move || token.require(scope("reports") & (scope("eu") | scope("us")));
    web::block(asked).await.unwrap()?;
    Ok("a report")
}

#[derive(serde::Deserialize)]
struct Tenant {
    tenant: String,
}

async fn tenant(token: AccessToken<Tenant>) -> String {
    token.into_claims().tenant
}

async fn wait(waiting: web::Data<Notify>) -> HttpResponse {
    waiting.notify_one();
    std::future::pending().await
}

async fn panics() -> HttpResponse {
    panic!("the handler of the test")
}

async fn upload(body: web::Bytes) -> String {
    body.len().to_string()
}

async fn login(request: HttpRequest, body: web::Bytes, api: web::Data<SessionApi>) -> HttpResponse {
    if body.as_ref() != b"right" {
        api.login_failed(&request, Some("alice"));
        return HttpResponse::Unauthorized().finish();
    }
    let grant = Grant::new("alice", "web").scope("orders:read");
    match api.login(&request, grant).await {
        Ok(issued) => api.token_answer(&request, &issued),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn logout(
    request: HttpRequest,
    token: AccessToken,
    api: web::Data<SessionApi>,
) -> HttpResponse {
    match api.logout(&request, &token).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}
