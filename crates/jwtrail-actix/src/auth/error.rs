use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use jwtrail_event::{Reason, Step};
use jwtrail_verify::VerifiedToken;

use super::answer::{Realm, Refusal};
use super::decision::Decision;

/// An answer of ours that travels as an error.
#[derive(Debug)]
pub(super) struct RefusalError {
    refusal: Refusal,
    realm: Realm,
}

impl RefusalError {
    pub(super) fn new(refusal: Refusal, realm: Realm) -> Self {
        Self { refusal, realm }
    }

    pub(super) fn is_deadline(error: &actix_web::Error) -> bool {
        error
            .as_error::<Self>()
            .is_some_and(|error| error.refusal == Refusal::Deadline)
    }
}

impl fmt::Display for RefusalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request was refused with {}", self.refusal.status())
    }
}

impl ResponseError for RefusalError {
    fn status_code(&self) -> StatusCode {
        self.refusal.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.refusal.answer(&self.realm)
    }
}

/// A handler asked for an [`AccessToken`](crate::AccessToken) that it can't have.
///
/// When it becomes an answer, the request's decision is amended; where `Option` swallows it,
/// nothing was refused.
///
/// ```
/// use actix_web::ResponseError;
/// use jwtrail_actix::{AccessToken, AccessTokenError};
///
/// async fn page(token: Result<AccessToken, AccessTokenError>) -> String {
///     match token {
///         Ok(token) => format!("hello {}", token.subject()),
///         Err(error) => format!("{}: log in first", error.status_code()),
///     }
/// }
/// ```
#[derive(Debug)]
pub struct AccessTokenError {
    refusal: RefusalError,
    amend: Amend,
}

#[derive(Debug)]
enum Amend {
    NotProtected,
    Nothing,
    Missing(Rc<Decision>),
    Claims(Rc<Decision>, Arc<VerifiedToken>, Reason),
}

impl AccessTokenError {
    pub(super) fn not_protected() -> Self {
        Self {
            refusal: RefusalError::new(Refusal::NotProtected, Realm::default()),
            amend: Amend::NotProtected,
        }
    }

    /// A preflight brings no token, and its refusal is on no record.
    pub(super) fn preflight(realm: Realm) -> Self {
        Self {
            refusal: RefusalError::new(Refusal::Missing, realm),
            amend: Amend::Nothing,
        }
    }

    pub(super) fn missing(decision: Rc<Decision>) -> Self {
        Self {
            refusal: RefusalError::new(Refusal::Missing, decision.realm()),
            amend: Amend::Missing(decision),
        }
    }

    pub(super) fn claims(
        decision: Rc<Decision>,
        token: Arc<VerifiedToken>,
        reason: Reason,
    ) -> Self {
        Self {
            refusal: RefusalError::new(Refusal::InvalidToken, decision.realm()),
            amend: Amend::Claims(decision, token, reason),
        }
    }
}

impl fmt::Display for AccessTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.amend {
            Amend::NotProtected => {
                "the handler asks for a token, but no `JwtAuth` protects its route"
            }
            Amend::Nothing | Amend::Missing(_) => "the handler asks for a token, none came",
            Amend::Claims(..) => "the claims are not those the handler asks for",
        })
    }
}

impl ResponseError for AccessTokenError {
    fn status_code(&self) -> StatusCode {
        self.refusal.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        match &self.amend {
            Amend::NotProtected => crate::internal_events::RouteNotProtected.emit(),
            Amend::Nothing => {}
            Amend::Missing(decision) => decision.demanded(),
            Amend::Claims(decision, token, reason) => {
                decision.refused(token, Step::Claims, *reason);
            }
        }
        self.refusal.error_response()
    }
}
