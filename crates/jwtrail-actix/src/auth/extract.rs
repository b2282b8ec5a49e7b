use std::any::Any;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use jwtrail_event::Reason;
use jwtrail_verify::{ClaimsError, VerifiedToken};
use serde::de::DeserializeOwned;

use super::AccessTokenError;
use super::authorization::Ask;
use super::decision::Decision;
use super::preflight;

/// The verified token of the request, with the claims as the handler's own type.
///
/// As an argument it refuses a request without a token; `Option<AccessToken<C>>` does not, on
/// routes behind [`JwtAuth::optional`](crate::JwtAuth::optional). A token whose claims are not
/// a `C` is answered like a bad one, and recorded as `bad_claim_type`.
///
/// ```
/// use jwtrail_actix::AccessToken;
///
/// #[derive(serde::Deserialize)]
/// struct MyClaims {
///     tenant: String,
/// }
///
/// async fn orders(token: AccessToken<MyClaims>) -> String {
///     format!("{} of {}", token.subject(), token.claims().tenant)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct AccessToken<C = AnyClaims> {
    token: Arc<VerifiedToken>,
    claims: C,
    pub(super) ask: Ask,
}

impl<C> AccessToken<C> {
    /// `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.token.sub()
    }

    /// The claims.
    #[must_use]
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The token with its registered claims and its scope.
    #[must_use]
    pub fn verified(&self) -> &VerifiedToken {
        &self.token
    }
}

/// The claims as `C`. For who asks for any, nothing is read: they were seen to be an object when
/// the token was verified.
fn claims_of<C: DeserializeOwned + 'static>(token: &VerifiedToken) -> Result<C, ClaimsError> {
    let mut any: Option<AnyClaims> = Some(AnyClaims {});
    let wanted: &mut dyn Any = &mut any;
    match wanted.downcast_mut::<Option<C>>().and_then(Option::take) {
        Some(claims) => Ok(claims),
        None => token.claims(),
    }
}

/// Any claims: for handlers that ask for nothing of their own.
///
/// ```
/// use jwtrail_actix::{AccessToken, AnyClaims};
///
/// async fn whoami(token: AccessToken<AnyClaims>) -> String {
///     token.subject().to_owned()
/// }
/// ```
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[non_exhaustive]
pub struct AnyClaims {}

impl<C: DeserializeOwned + 'static> FromRequest for AccessToken<C> {
    type Error = AccessTokenError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(decision) = Decision::of(&request.extensions()) else {
            let preflight = preflight::realm(&request.extensions());
            return ready(Err(match preflight {
                Some(realm) => AccessTokenError::preflight(realm),
                None => AccessTokenError::not_protected(),
            }));
        };
        let Some(token) = decision.token() else {
            return ready(Err(AccessTokenError::missing(decision)));
        };
        ready(match claims_of(&token) {
            Ok(claims) => Ok(Self {
                token,
                claims,
                ask: Ask {
                    decision: decision.shared(),
                    realm: decision.realm(),
                },
            }),
            Err(_) => Err(AccessTokenError::claims(
                decision,
                token,
                Reason::BadClaimType,
            )),
        })
    }
}
