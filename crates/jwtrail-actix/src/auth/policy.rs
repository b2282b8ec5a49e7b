use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use jwtrail_event::{Reason, Step};
use jwtrail_session::{CheckFailure, Limits, Sessions};
use jwtrail_verify::{Requirement, VerifiedToken, Verifier};

use super::answer::{Realm, Refusal};
use super::decision::Decision;
use super::source::{Credentials, TokenSource};
use crate::Trail;
use crate::client_address::ClientAddresses;

/// What a [`JwtAuth`](crate::JwtAuth) was configured to do.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) trail: Trail,
    pub(crate) sessions: Option<Arc<Sessions>>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) source: TokenSource,
    pub(crate) addresses: ClientAddresses,
    pub(crate) realm: Realm,
    pub(crate) deadline: Option<Duration>,
}

/// What one layer asks for.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) optional: bool,
    pub(super) requirement: Option<Arc<Requirement>>,
}

impl Policy {
    /// Takes every step that this layer asks for and that no outer layer of the same policy
    /// has taken.
    pub(super) async fn decide(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
    ) -> Result<(), Refusal> {
        let token = match decision.token_of(self.id()) {
            Some(token) => token,
            None => match self.authenticate(request, decision).await? {
                Some(token) => token,
                None if demand.optional => {
                    decision.missing(true);
                    return Ok(());
                }
                None => {
                    decision.missing(false);
                    return Err(Refusal::Missing);
                }
            },
        };
        match &demand.requirement {
            Some(requirement) => authorize(requirement, &token, decision),
            None => Ok(()),
        }
    }

    /// Tells policies apart.
    fn id(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }

    async fn authenticate(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
    ) -> Result<Option<Arc<VerifiedToken>>, Refusal> {
        let now = self.trail.clock().now();
        let verified = match self.source.credentials(request.headers()) {
            Credentials::Absent => return Ok(None),
            Credentials::Malformed => return Err(self.malformed(decision, now)),
            Credentials::Token(token) => self.verify(&token, decision, now)?,
        };
        decision.verified(&verified);
        let token = verified.token;
        if let Some(sessions) = &self.sessions {
            let reason = match sessions.check(&token, now).await {
                Ok(()) => None,
                Err(CheckFailure::Revoked) => Some(Reason::Revoked),
                // Fail closed on whatever keeps the answer from us.
                Err(_) => Some(Reason::BackendUnavailable),
            };
            if let Some(reason) = reason {
                decision.refused(&token, Step::Revocation, reason);
                return Err(Refusal::of(reason));
            }
            decision.not_revoked();
        }
        self.admit(&token, decision, now)?;
        decision.accepted(&token, self.id());
        self.note_accepted(&token, decision);
        Ok(Some(token))
    }
}

fn authorize(
    requirement: &Requirement,
    token: &Arc<VerifiedToken>,
    decision: &Decision,
) -> Result<(), Refusal> {
    let required = requirement.to_string();
    match requirement.missing_from(token.scope()) {
        None => {
            decision.granted(&required);
            Ok(())
        }
        Some(missing) => {
            decision.denied(token, &required, missing);
            Err(Refusal::InsufficientScope(required))
        }
    }
}
