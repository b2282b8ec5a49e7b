use std::cell::OnceCell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage as _};
use jwtrail_verify::Requirement;

use super::JwtAuth;
use super::answer::Refusal;
use super::decision::Decision;
use super::error::RefusalError;
use super::future::ProtectedFuture;
use super::policy::{Demand, Policy, Required};
use super::preflight;
use super::recording::{Recording, put_head_on};
use crate::request_facts::{RequestFacts, Routes};

/// A route's protection that also asks for a scope; see [`JwtAuth::require`].
///
/// ```
/// use actix_web::web;
/// use jwtrail_actix::{JwtAuth, RequireScope};
///
/// fn admin(auth: &JwtAuth) -> impl actix_web::dev::HttpServiceFactory + use<> {
///     let required: RequireScope = auth.require("orders:admin");
///     web::scope("/admin").wrap(required)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct RequireScope {
    auth: JwtAuth,
    requirement: Arc<Required>,
}

impl RequireScope {
    pub(super) fn new(auth: JwtAuth, requirement: Requirement) -> Self {
        Self {
            auth,
            requirement: Arc::new(Required::new(requirement)),
        }
    }
}

impl<S, B> Transform<S, ServiceRequest> for JwtAuth
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type InitError = ();
    type Transform = ProtectedService<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ProtectedService::new(self, None, service)))
    }
}

impl<S, B> Transform<S, ServiceRequest> for RequireScope
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type InitError = ();
    type Transform = ProtectedService<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let requirement = Some(Arc::clone(&self.requirement));
        ready(Ok(ProtectedService::new(&self.auth, requirement, service)))
    }
}

/// A service behind [`JwtAuth`] or [`RequireScope`].
///
/// ```
/// use actix_web::Error;
/// use actix_web::body::MessageBody;
/// use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform as _};
/// use jwtrail_actix::{JwtAuth, ProtectedService};
///
/// async fn protect<S, B>(auth: &JwtAuth, inner: S) -> Result<ProtectedService<S>, ()>
/// where
///     S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
///     B: MessageBody + 'static,
/// {
///     auth.new_transform(inner).await
/// }
/// ```
#[derive(Debug)]
pub struct ProtectedService<S> {
    policy: Arc<Policy>,
    demand: Demand,
    service: Rc<S>,
    /// A copy of the application's, made once for each worker.
    routes: OnceCell<Rc<Routes>>,
}

impl<S> ProtectedService<S> {
    fn new(auth: &JwtAuth, requirement: Option<Arc<Required>>, service: S) -> Self {
        Self {
            policy: Arc::clone(&auth.policy),
            demand: Demand {
                // Nobody has a scope without a token.
                optional: auth.optional && requirement.is_none(),
                fallback: auth.fallback,
                requirement,
            },
            service: Rc::new(service),
            routes: OnceCell::new(),
        }
    }

    /// The decision about the request, and its recording if this is the outermost layer.
    fn enter(&self, request: &ServiceRequest) -> (Rc<Decision>, Option<Recording>) {
        if let Some(outer) = Decision::of(&request.extensions()) {
            return (outer, None);
        }
        let routes = self
            .routes
            .get_or_init(|| Rc::new(Routes::new(request.resource_map().clone())));
        let addresses = &self.policy.addresses;
        let facts = RequestFacts::before_routing(request.request(), addresses, routes);
        let decision = Decision::new(facts, &self.policy, self.policy.trail.clock().now());
        decision.put_into(&mut request.extensions_mut());
        let recording = Recording::new(Rc::clone(&decision));
        (decision, Some(recording))
    }
}

impl<S, B> Service<ServiceRequest> for ProtectedService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = ProtectedFuture<S::Future, B>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if self.policy.passes_preflight(&request) {
            preflight::mark(&request, &self.policy.realm);
            return ProtectedFuture::decided(self.service.call(request), None);
        }
        // Before the future: one that is never polled is recorded, too.
        let (decision, recording) = self.enter(&request);
        let now = match &recording {
            Some(_) => decision.started,
            None => self.policy.trail.clock().now(),
        };
        let is_outermost = recording.is_some();
        let enforced =
            self.policy
                .enforce_at_once(&request, &decision, &self.demand, now, is_outermost);
        let waits = self.policy.deadline.is_some() || self.policy.trail.is_sync();
        if matches!(enforced, Ok(Ok(()))) && !waits {
            // As nearly always.
            return ProtectedFuture::decided(self.service.call(request), recording);
        }
        let (policy, demand) = (Arc::clone(&self.policy), self.demand.clone());
        let service = Rc::clone(&self.service);
        ProtectedFuture::deciding(async move {
            let enforce = async |request: &ServiceRequest| match enforced {
                Ok(enforced) => enforced,
                Err(found) => {
                    policy
                        .enforce(request, &decision, &demand, found, now)
                        .await
                }
            };
            let protected = protect(enforce, &policy, &decision, request, &*service);
            let mut outcome = match policy.deadline {
                None => protected.await,
                Some(deadline) => within(deadline, protected, &policy).await,
            };
            let records = recording.is_some();
            if let Some(recording) = recording {
                recording.finish(&mut outcome);
            }
            match records && policy.trail.is_sync() && !policy.trail.answerable().await {
                true => Err(unkept(&policy, &decision)),
                false => outcome,
            }
        })
    }
}

/// The answer of the handler, or the refusal.
async fn protect<S, B>(
    enforce: impl AsyncFnOnce(&ServiceRequest) -> Result<(), Refusal>,
    policy: &Policy,
    decision: &Decision,
    request: ServiceRequest,
    service: &S,
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    if let Err(refusal) = enforce(&request).await {
        let answer = refusal.answer(&policy.realm.answering(decision.scheme()));
        return Ok(request.into_response(answer).map_into_right_body());
    }
    let response = service.call(request).await?;
    Ok(response.map_into_left_body())
}

async fn within<T>(
    deadline: Duration,
    protected: impl Future<Output = Result<T, Error>>,
    policy: &Policy,
) -> Result<T, Error> {
    match tokio::time::timeout(deadline, protected).await {
        Ok(outcome) => outcome,
        // The request went down with the handler, so the answer travels as an error.
        Err(_) => Err(RefusalError::new(Refusal::Deadline, policy.realm.clone()).into()),
    }
}

/// Stands in for an answer that left no record.
fn unkept(policy: &Policy, decision: &Rc<Decision>) -> Error {
    let realm = policy.realm.answering(decision.scheme());
    let mut error = RefusalError::new(Refusal::Unavailable, realm).into();
    put_head_on(&mut error, decision);
    error
}
