use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use jwtrail_event::Reason;

use super::answer::{Realm, Refusal};
use super::decision::{Asked, Shared};
use super::{AccessToken, IntoRequirement};

/// What a handler asks of its token beyond what the route asked.
///
/// Each answer goes into the request's one record, as long as the request is not answered yet.
/// The first denial stays, whatever is granted later. To ask without a record, look at the
/// [scope](jwtrail_verify::VerifiedToken::scope) itself.
impl<C> AccessToken<C> {
    /// Asks for a scope that the route can't know of, for instance because it depends on the
    /// body.
    ///
    /// ```
    /// use jwtrail_actix::{AccessDenied, AccessToken, scope};
    ///
    /// async fn refund(token: AccessToken, amount: u32) -> Result<&'static str, AccessDenied> {
    ///     if amount > 1_000 {
    ///         token.require(scope("refunds:large") | scope("refunds:any"))?;
    ///     }
    ///     Ok("refunded")
    /// }
    /// ```
    ///
    /// # Errors
    /// When the token does not have it: an answer of 403 and the reason `insufficient_scope`.
    /// Under [`dangerous_observe_only`](crate::JwtAuthBuilder::dangerous_observe_only) there is
    /// no error, but the same record.
    pub fn require(&self, requirement: impl IntoRequirement) -> Result<(), AccessDenied> {
        let requirement = requirement.into_requirement();
        let required: Arc<str> = requirement.to_string().into();
        let Some(missing) = requirement.missing_from(self.verified().scope()) else {
            self.ask.decision.lock().granted(&required);
            return Ok(());
        };
        let asked = Asked {
            required: Some(Arc::clone(&required)),
            missing: Some(missing),
            object_type: None,
        };
        let refusal = Refusal::InsufficientScope(required.to_string());
        self.ask.deny(Reason::InsufficientScope, asked, refusal)
    }

    /// Says whether the token may do this to an object of a type: what only the application can
    /// know (OWASP API1, ASVS 5.0 8.2.2).
    ///
    /// ```
    /// use actix_web::web;
    /// use jwtrail_actix::{AccessDenied, AccessToken};
    ///
    /// # fn owner_of(_: u64) -> &'static str { "alice" }
    /// async fn order(token: AccessToken, id: web::Path<u64>) -> Result<String, AccessDenied> {
    ///     token.authorize_object("order", owner_of(*id) == token.subject())?;
    ///     Ok(format!("order {id}"))
    /// }
    /// ```
    ///
    /// The type is a word of the application's own, never a name or an id. A service that does
    /// not tell strangers what exists may answer 404 in place of the error; the record is the
    /// same.
    ///
    /// # Errors
    /// When it is not allowed: an answer of 403 and the reason `policy_denied`. Under
    /// [`dangerous_observe_only`](crate::JwtAuthBuilder::dangerous_observe_only) there is no
    /// error, but the same record.
    pub fn authorize_object(&self, object_type: &str, allowed: bool) -> Result<(), AccessDenied> {
        if allowed {
            self.ask.decision.lock().granted_object(object_type);
            return Ok(());
        }
        let asked = Asked {
            object_type: Some(object_type.to_owned()),
            ..Asked::default()
        };
        let refusal = Refusal::PolicyDenied;
        self.ask.deny(Reason::PolicyDenied, asked, refusal)
    }
}

/// Leads from a token to the decision about its request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) decision: Shared,
    pub(super) realm: Realm,
}

impl Ask {
    fn deny(&self, reason: Reason, asked: Asked, refusal: Refusal) -> Result<(), AccessDenied> {
        if !self.decision.lock().deny(reason, asked) {
            return Ok(());
        }
        Err(AccessDenied {
            reason,
            refusal,
            realm: self.realm.clone(),
        })
    }
}

/// The token is good, and not enough: an answer of 403.
///
/// The client is told the same whatever the reason, but for the scope that would help. A
/// handler's own error type can carry it and answer with its
/// [`error_response`](ResponseError::error_response).
///
/// ```
/// use actix_web::{HttpResponse, ResponseError};
/// use jwtrail_actix::AccessDenied;
///
/// #[derive(Debug, thiserror::Error)]
/// enum ShopError {
///     #[error("not for this token")]
///     Denied(#[from] AccessDenied),
/// }
///
/// impl ResponseError for ShopError {
///     fn error_response(&self) -> HttpResponse {
///         let Self::Denied(denied) = self;
///         denied.error_response()
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct AccessDenied {
    reason: Reason,
    refusal: Refusal,
    realm: Realm,
}

impl AccessDenied {
    /// `insufficient_scope` or `policy_denied`, as the record says. Not for the client.
    ///
    /// ```
    /// # use jwtrail_actix::{AccessDenied, verify};
    /// fn is_policy(denied: &AccessDenied) -> bool {
    ///     denied.reason().as_str() == "policy_denied"
    /// }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for AccessDenied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::InsufficientScope => "the token does not have the scope",
            _ => "a policy denied the access",
        })
    }
}

impl std::error::Error for AccessDenied {}

impl ResponseError for AccessDenied {
    fn status_code(&self) -> StatusCode {
        self.refusal.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.refusal.answer(&self.realm)
    }
}
