//! Protecting routes.

mod acceptance;
mod answer;
mod authorization;
mod binding;
mod build_error;
mod builder;
mod cross_site;
mod decision;
mod error;
mod extract;
mod fallback;
mod future;
#[cfg(feature = "outbound")]
mod introspection;
mod limiting;
mod middleware;
mod policy;
mod preflight;
mod recording;
mod short_path;
mod source;

use std::sync::Arc;

use jwtrail_verify::{NoAudience, Requirement, Verifier};

use crate::Trail;
use crate::issuer_keys::Sources;
pub(crate) use answer::Refusal;
pub use authorization::AccessDenied;
pub use binding::{ClientCertificate, Dpop};
pub use build_error::JwtAuthError;
pub use builder::JwtAuthBuilder;
pub(crate) use decision::Decision;
pub use error::AccessTokenError;
pub use extract::{AccessToken, AnyClaims};
use fallback::Fallback;
pub use future::ProtectedFuture;
#[cfg(feature = "outbound")]
pub use introspection::Introspection;
pub use middleware::{ProtectedService, RequireScope};
pub(crate) use policy::Policy;
pub use short_path::ProtectBuilder;

/// Protection of routes by access tokens, to be wrapped around an application, a scope or a
/// resource. A clone is the same protection.
///
/// Make one before the server's factory, so that all workers share its cache:
///
/// ```no_run
/// use actix_web::{App, HttpServer, web};
/// use jwtrail_actix::{AccessToken, JwtAuth, Trail};
/// use jwtrail_verify::KeySet;
///
/// async fn orders(token: AccessToken) -> String {
///     format!("orders of {}", token.subject())
/// }
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let trail = Trail::builder("orders-api").file("audit.ndjson").start()?;
///     let auth = JwtAuth::builder()
///         .issuer("https://login.example", KeySet::from_jwks(&std::fs::read("jwks.json")?)?)
///         .audience("orders-api")
///         .audit(&trail)
///         .build()?;
///     HttpServer::new(move || {
///         App::new()
///             .wrap(auth.clone())
///             .route("/orders", web::get().to(orders))
///             .service(web::scope("/admin").wrap(auth.require("orders:admin")))
///     })
///     .bind("127.0.0.1:8080")?
///     .run()
///     .await?;
///     trail.stop().await;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct JwtAuth {
    pub(crate) policy: Arc<Policy>,
    optional: bool,
    fallback: Fallback,
}

impl JwtAuth {
    /// Begins with the issuers, their keys and the audience: the short path.
    pub fn builder() -> ProtectBuilder<NoAudience> {
        ProtectBuilder::new()
    }

    /// Begins with a verifier that was built with options of its own.
    pub fn with_verifier(verifier: Arc<Verifier>, trail: &Trail) -> JwtAuthBuilder {
        JwtAuthBuilder::new(Ok(verifier), Sources::default(), trail)
    }

    /// The same protection, that also asks for a scope: `auth.require("orders:admin")`.
    ///
    /// Inside another layer of the same protection it looks at the token that is already
    /// verified; alone it protects by itself. Nobody has a scope without a token: also of an
    /// [`optional`](Self::optional) protection it refuses who brings none.
    #[must_use]
    pub fn require(&self, requirement: impl IntoRequirement) -> RequireScope {
        RequireScope::new(self.clone(), requirement.into_requirement())
    }

    /// The same protection, that lets requests without a token through. Handlers behind it
    /// take `Option<AccessToken<C>>`; a bad token is refused all the same.
    #[must_use]
    pub fn optional(&self) -> Self {
        Self {
            optional: true,
            ..self.clone()
        }
    }

    /// The same protection, that accepts tokens while the state of sessions does not answer,
    /// although nobody knows whether they were revoked. By default the answer is then 503.
    ///
    /// For routes that must go on, and on which a token that was revoked does no harm. The
    /// record of such a request says `revocation:backend_unavailable`, and `config.unsafe` is
    /// recorded. It holds where this layer verifies the token: an outer layer of the same
    /// protection has decided before.
    ///
    /// ```
    /// # use actix_web::web;
    /// # use jwtrail_actix::JwtAuth;
    /// fn routes(config: &mut web::ServiceConfig, auth: &JwtAuth) {
    ///     let readable = auth.dangerous_accept_when_state_is_down();
    ///     config.service(web::scope("/catalogue").wrap(readable));
    ///     config.service(web::scope("/orders").wrap(auth.clone()));
    /// }
    /// ```
    #[must_use]
    pub fn dangerous_accept_when_state_is_down(&self) -> Self {
        self.policy.accepts_unchecked();
        let mut auth = self.clone();
        auth.fallback.accept_unchecked = true;
        auth
    }

    /// The same protection, that counts by itself while the shared limits do not answer; by
    /// default the answer is then 503. `limits.degraded` is recorded when that begins and when
    /// it is over.
    ///
    /// ```
    /// # use actix_web::web;
    /// # use jwtrail_actix::JwtAuth;
    /// fn routes(config: &mut web::ServiceConfig, auth: &JwtAuth) {
    ///     let auth = auth.local_limits_when_shared_are_down();
    ///     config.service(web::scope("/orders").wrap(auth));
    /// }
    /// ```
    #[must_use]
    pub fn local_limits_when_shared_are_down(&self) -> Self {
        let mut auth = self.clone();
        auth.fallback.local_limits = true;
        auth
    }

    /// The verifier, for instance to replace an issuer's keys.
    #[must_use]
    pub fn verifier(&self) -> &Arc<Verifier> {
        &self.policy.verifier
    }

    fn new(policy: Policy, fallback: Fallback) -> Self {
        for option in policy.unsafe_options() {
            policy.trail.record_unsafe(option);
        }
        if fallback.accept_unchecked {
            policy.accepts_unchecked();
        }
        Self {
            policy: Arc::new(policy),
            optional: false,
            fallback,
        }
    }
}

/// What [`JwtAuth::require`] and [`AccessToken::require`] take: the name of a scope, or a
/// [`Requirement`].
///
/// ```
/// use jwtrail_actix::{IntoRequirement, scope};
///
/// assert_eq!("orders:read".into_requirement(), scope("orders:read"));
/// let either = scope("orders:read") | scope("orders:admin");
/// assert_eq!((&either).into_requirement(), either);
/// ```
pub trait IntoRequirement {
    /// The requirement.
    fn into_requirement(self) -> Requirement;
}

impl IntoRequirement for Requirement {
    fn into_requirement(self) -> Requirement {
        self
    }
}

impl IntoRequirement for &Requirement {
    fn into_requirement(self) -> Requirement {
        self.clone()
    }
}

impl IntoRequirement for &str {
    fn into_requirement(self) -> Requirement {
        Requirement::scope(self)
    }
}
