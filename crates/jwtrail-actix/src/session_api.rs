//! Sessions over HTTP: each operation leaves its lifecycle event with the request's facts.

mod answer;
mod clients;
mod refresh;
mod revoke;
mod token_request;

use std::sync::Arc;

use actix_web::HttpRequest;
use jwtrail_event::events::{Claims, IssueRefused, LoginFailed, LoginSucceeded, TokenIssued};
use jwtrail_event::{Reason, Text, Timestamp};
use jwtrail_session::{AccessClaims, Grant, Issued, SessionError, Sessions, StateError};

pub use clients::{ClientCredentials, ClientRefusal, Clients};

use crate::auth::Policy;
use crate::request_facts::{KnownFacts, RequestFacts};
use crate::{JwtAuth, Trail};

/// Runs session operations for a request and records what came of them.
///
/// It stands as application data beside the routes; two of its handlers are ready to be used.
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse, web};
/// use jwtrail_actix::SessionApi;
/// use jwtrail_session::Grant;
///
/// async fn login(request: HttpRequest, api: web::Data<SessionApi>) -> HttpResponse {
///     let (name, password_is_right) = ("user-7", true);
///     if !password_is_right {
///         api.login_failed(&request, Some(name));
///         return HttpResponse::Unauthorized().finish();
///     }
///     let grant = Grant::new(name, "web").scope("orders:read");
///     match api.login(&request, grant).await {
///         Ok(issued) => api.token_answer(&request, &issued),
///         Err(_) => HttpResponse::ServiceUnavailable().finish(),
///     }
/// }
///
/// fn routes(config: &mut web::ServiceConfig, api: SessionApi) {
///     config
///         .app_data(web::Data::new(api))
///         .route("/login", web::post().to(login))
///         .route("/token", web::post().to(SessionApi::refresh_handler))
///         .route("/revoke", web::post().to(SessionApi::revoke_handler));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct SessionApi {
    sessions: Arc<Sessions>,
    policy: Arc<Policy>,
    clients: Option<Arc<dyn Clients>>,
}

impl SessionApi {
    /// Sessions whose events go where the protection's decisions go.
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, auth: &JwtAuth) -> Self {
        Self {
            sessions,
            policy: Arc::clone(&auth.policy),
            clients: None,
        }
    }

    /// The sessions.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// A subject has proved who it is: records `login.succeeded`, then issues.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub async fn login(&self, request: &HttpRequest, grant: Grant) -> Result<Issued, SessionError> {
        let facts = self.facts(request);
        let issued = self.issue_if_kept(grant).await;
        if let Ok(issued) = &issued {
            let claims = self.claims(&issued.access.claims);
            let claims = Claims {
                sub: claims.sub,
                iss: claims.iss,
                client_id: claims.client_id,
                scope: claims.scope,
                scope_class: claims.scope_class,
                ..Claims::default()
            };
            facts.with_event(|request| self.trail().record(&LoginSucceeded { request, claims }));
        }
        self.record_issue(&facts, &issued);
        self.once_kept(issued).await
    }

    /// A login failed: records `login.failed` with the name that was tried. It waits for nothing;
    /// see [`Trail::commit`].
    pub fn login_failed(&self, request: &HttpRequest, name: Option<&str>) {
        self.facts(request).with_event(|request| {
            self.trail().record(&LoginFailed {
                request,
                claimed_sub: name.map(Text::from),
            });
        });
    }

    /// Issues tokens: records `token.issued`, or `issue.refused`.
    ///
    /// # Errors
    /// When the grant can't be put into a token, or the state does not answer.
    pub async fn issue(&self, request: &HttpRequest, grant: Grant) -> Result<Issued, SessionError> {
        let facts = self.facts(request);
        let issued = self.issue_if_kept(grant).await;
        self.record_issue(&facts, &issued);
        self.once_kept(issued).await
    }

    /// Nothing is granted that would leave no record, if the trail is required.
    async fn issue_if_kept(&self, grant: Grant) -> Result<Issued, SessionError> {
        match self.trail().refuses() {
            true => Err(unkept().into()),
            false => self.sessions.issue(grant, self.now()).await,
        }
    }

    /// The outcome, when its record is where the trail was built to have it by then.
    async fn once_kept<T, E: From<StateError>>(&self, outcome: Result<T, E>) -> Result<T, E> {
        match self.trail().answerable().await {
            true => outcome,
            false => Err(unkept().into()),
        }
    }

    fn record_issue(&self, facts: &RequestFacts, issued: &Result<Issued, SessionError>) {
        facts.with_event(|request| match issued {
            Ok(issued) => self.trail().record(&TokenIssued {
                request,
                claims: self.claims(&issued.access.claims),
                family: issued.access.claims.event_family(),
            }),
            Err(error) => self.trail().record(&IssueRefused {
                request,
                reason: match error {
                    SessionError::Grant(_) => Reason::PolicyDenied,
                    _ => Reason::BackendUnavailable,
                },
                claims: None,
            }),
        });
    }

    /// The claims as an event carries them, with the class of their scope.
    fn claims<'a>(&self, minted: &'a AccessClaims) -> Claims<'a> {
        let verifier = &self.policy.verifier;
        let scope = minted.scope.iter().flat_map(|scope| scope.split(' '));
        let class = verifier.scope_class_of(&scope.collect());
        Claims {
            scope_class: class.map(|class| Text::from((*class).to_owned())),
            ..minted.event_claims()
        }
    }

    fn facts(&self, request: &HttpRequest) -> KnownFacts {
        KnownFacts::of(request, &self.policy.addresses)
    }

    fn trail(&self) -> &Trail {
        &self.policy.trail
    }

    fn now(&self) -> Timestamp {
        self.trail().clock().now()
    }
}

fn unkept() -> StateError {
    StateError::Unavailable("the audit trail cannot be kept".into())
}
