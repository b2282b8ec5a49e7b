use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::error::InternalError;
use actix_web::web::{self, Data, JsonConfig, ServiceConfig};
use jwtrail_actix::{JwtAuth, SessionApi};
use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_session::{SessionError, Sessions};
use serde_json::json;

use super::book::Book;
use super::users::{UnusableName, Users};
use super::{admin, back_office, openapi, session, shop};

/// The service: its users, its orders and its routes. A clone is the same service.
///
/// ```no_run
/// use actix_web::{App, HttpServer};
/// use jwtrail_demo::orders::OrdersApi;
///
/// # async fn example(orders: OrdersApi) -> std::io::Result<()> {
/// HttpServer::new(move || App::new().configure(|config| orders.routes(config)))
///     .bind("127.0.0.1:8080")?
///     .run()
///     .await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OrdersApi {
    pub(super) auth: JwtAuth,
    sessions: Arc<Sessions>,
    users: Arc<Users>,
    book: Arc<Book>,
}

impl OrdersApi {
    /// The service with no users and no orders yet.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn new(sessions: Arc<Sessions>, auth: JwtAuth) -> Result<Self, OrdersError> {
        Ok(Self {
            auth,
            sessions,
            users: Arc::new(Users::new()?),
            book: Arc::default(),
        })
    }

    /// Its users.
    #[must_use]
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// Its routes, for [`App::configure`](actix_web::App::configure).
    pub fn routes(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(SessionApi::new(
                Arc::clone(&self.sessions),
                &self.auth,
            )))
            .app_data(Data::from(Arc::clone(&self.users)))
            .app_data(Data::from(Arc::clone(&self.book)))
            .app_data(read_json())
            .route("/openapi.json", web::get().to(openapi::document));
        session::routes(config, &self.auth);
        shop::routes(config, &self.auth);
        back_office::routes(config, &self.auth);
        admin::routes(config, &self.auth);
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.sessions.issuer()
    }

    /// An access token as the service gave it to a user at another time, for demonstrations.
    pub(crate) async fn token_from(
        &self,
        username: &str,
        then: Timestamp,
    ) -> Result<SecretToken, OrdersError> {
        let grant = self.users.grant(username).ok_or(OrdersError::NoSuchUser)?;
        Ok(self.sessions.issue_access(grant, then).await?.token)
    }
}

/// Bodies are small, and the answer to a bad one repeats nothing of it.
fn read_json() -> JsonConfig {
    JsonConfig::default()
        .limit(MAX_BODY)
        .error_handler(|error, _| {
            let answer = HttpResponse::BadRequest().json(json!({ "error": "invalid_request" }));
            InternalError::from_response(error, answer).into()
        })
}

/// What the service could not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrdersError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
    /// The protection can't be built.
    #[error("the service's protection can't be built")]
    Protection(#[from] jwtrail_actix::JwtAuthError),
    /// The monitor's quarantine list can't be followed.
    #[error("cannot follow the monitor's quarantine list")]
    Quarantine(#[from] jwtrail_actix::QuarantineError),
    /// The audit trail can't be started.
    #[error("the service's audit trail can't be started")]
    Trail(#[from] jwtrail_actix::TrailError),
    /// The signing key can't be used.
    #[error("the service's signing key can't be used")]
    Key(#[from] jwtrail_session::UnusableKey),
    /// The sessions can't be configured so.
    #[error("the service's sessions can't be set up")]
    Sessions(#[from] jwtrail_session::UnusableSessions),
    /// A token can't be issued.
    #[error("a token can't be issued")]
    Token(#[from] SessionError),
    /// A user's name can't be used.
    #[error(transparent)]
    Name(#[from] UnusableName),
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// No free port can be listened on.
    #[error("the service can't listen on a free port of this machine")]
    Listen(#[source] std::io::Error),
}

/// In bytes.
const MAX_BODY: usize = 16 * 1024;
