use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use jwtrail_event::{Reason, Step, Timestamp};
use jwtrail_session::{Limits, Sessions};
use jwtrail_verify::{Requirement, Verified, VerifiedToken, Verifier};

use super::answer::{Realm, Refusal};
use super::binding::Binding;
use super::cross_site::CrossSite;
use super::decision::{Asked, Decision, PolicyId};
use super::fallback::{Fallback, StateHealth};
#[cfg(feature = "outbound")]
use super::introspection::Introspector;
use super::source::{Credentials, Presented, TokenSource, Way};
use crate::client_address::ClientAddresses;
use crate::issuer_keys::IssuerKeys;
use crate::{QuarantineList, Trail};

/// What a [`JwtAuth`](crate::JwtAuth) was configured to do.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) keys: Option<IssuerKeys>,
    pub(crate) trail: Trail,
    pub(crate) sessions: Option<Arc<Sessions>>,
    pub(crate) quarantine: Option<QuarantineList>,
    pub(crate) state_health: StateHealth,
    pub(crate) limits: Arc<Limits>,
    pub(crate) source: TokenSource,
    pub(crate) cross_site: CrossSite,
    pub(crate) observe_only: bool,
    pub(crate) pass_preflights: bool,
    pub(crate) binding: Binding,
    #[cfg(feature = "outbound")]
    pub(crate) introspector: Option<Introspector>,
    pub(crate) addresses: ClientAddresses,
    pub(crate) realm: Realm,
    pub(crate) deadline: Option<Duration>,
}

/// What one layer asks for.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) optional: bool,
    pub(super) fallback: Fallback,
    pub(super) requirement: Option<Arc<Required>>,
}

/// A requirement, with its text for the records.
#[derive(Debug)]
pub(super) struct Required {
    requirement: Requirement,
    text: Arc<str>,
}

impl Required {
    pub(super) fn new(requirement: Requirement) -> Self {
        Self {
            text: requirement.to_string().into(),
            requirement,
        }
    }
}

impl Policy {
    /// The `dangerous_` options in force: each is a `config.unsafe` event at start.
    pub(super) fn unsafe_options(&self) -> Vec<&'static str> {
        let own = [
            (self.observe_only, "dangerous_observe_only"),
            (self.cross_site.dangerous_any_site, "dangerous_any_site"),
        ];
        let own = own.into_iter().filter(|(in_force, _)| *in_force);
        let verifiers = self.verifier.unsafe_options().iter().copied();
        let keys = self.keys.iter().flat_map(IssuerKeys::unsafe_options);
        verifiers
            .chain(keys.copied())
            .chain(own.map(|(_, name)| name))
            .collect()
    }

    /// What this layer says: whether the request goes on.
    pub(super) async fn enforce(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        // What an outer layer let through after a failure, no inner one asks again.
        if decision.is_observed_by(self.id()) {
            return Ok(());
        }
        let decided = self.decide(request, decision, demand, now).await;
        if decided.is_err() && self.observe_only {
            decision.observed(self.id());
            return Ok(());
        }
        decided
    }

    /// Takes every step that this layer asks for and that no outer layer of the same policy
    /// has taken.
    async fn decide(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let token = match decision.token_of(self.id()) {
            Some(token) => token,
            None if self.trail.refuses() => {
                decision.unkept();
                return Err(Refusal::Unavailable);
            }
            None => match self
                .authenticate(request, decision, demand.fallback, now)
                .await?
            {
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

    fn id(self: &Arc<Self>) -> PolicyId {
        PolicyId {
            address: Arc::as_ptr(self).addr(),
            observes_only: self.observe_only,
        }
    }

    async fn authenticate(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        fallback: Fallback,
        now: Timestamp,
    ) -> Result<Option<Arc<VerifiedToken>>, Refusal> {
        let (presented, way) = match self.source.credentials(request.headers()) {
            Credentials::Absent => return Ok(None),
            Credentials::Malformed => return Err(self.malformed(decision, now)),
            Credentials::Token(token, way) => (token, way),
        };
        let verified = match self.known(presented, decision, now) {
            Some(known) => {
                decision.uses(way.scheme());
                known?
            }
            None => {
                let Some(token) = presented.word() else {
                    return Err(self.malformed(decision, now));
                };
                decision.uses(way.scheme());
                self.verify_somehow(token, decision, now).await?
            }
        };
        decision.verified(&verified);
        let token = verified.token;
        self.check_binding(request, presented, &token, decision, now)
            .await?;
        self.not_quarantined(&token, decision, now)?;
        self.check_revocation(&token, decision, fallback, now)
            .await?;
        self.admit(&token, decision, fallback, now).await?;
        decision.accepted(&token, self.id());
        if way == Way::Cookie && !self.cross_site.allows(request) {
            decision.denied(Reason::PolicyDenied, Asked::default());
            return Err(Refusal::PolicyDenied);
        }
        self.note_accepted(&token, decision);
        Ok(Some(token))
    }

    /// Before the sessions' state is asked: this costs no more than a look.
    fn not_quarantined(
        &self,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(list) = &self.quarantine else {
            return Ok(());
        };
        if let Some(reason) = list.refuses(token, &self.trail.origin().service, now) {
            decision.refused(token, Step::Revocation, reason);
            return Err(Refusal::of(reason));
        }
        // The step has passed when the sessions say so, too.
        if self.sessions.is_none() {
            decision.not_revoked();
        }
        Ok(())
    }
}

impl Policy {
    /// A token that was verified before, if it is to be verified at all.
    fn known(
        &self,
        presented: Presented<'_>,
        decision: &Decision,
        now: Timestamp,
    ) -> Option<Result<Verified, Refusal>> {
        #[cfg(feature = "outbound")]
        if self.introspector.is_some() {
            return None;
        }
        let known = self.verifier.verify_known(presented.as_bytes(), now)?;
        Some(known.map_err(|rejection| self.rejected(rejection, decision, now)))
    }

    /// By its signature, or by asking its issuer.
    async fn verify_somehow(
        &self,
        token: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        #[cfg(feature = "outbound")]
        if let Some(introspector) = &self.introspector
            && introspector.takes(token)
        {
            let asked = self.verify_by_asking(introspector, token, decision, now);
            return asked.await;
        }
        self.verify(token, decision, now).await
    }
}

fn authorize(
    required: &Required,
    token: &Arc<VerifiedToken>,
    decision: &Decision,
) -> Result<(), Refusal> {
    match required.requirement.missing_from(token.scope()) {
        None => {
            decision.granted(&required.text);
            Ok(())
        }
        Some(missing) => {
            let asked = Asked {
                required: Some(Arc::clone(&required.text)),
                missing: Some(missing),
                object_type: None,
            };
            decision.denied(Reason::InsufficientScope, asked);
            Err(Refusal::InsufficientScope(required.text.to_string()))
        }
    }
}
