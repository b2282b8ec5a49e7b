use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use jwtrail_event::{Reason, Timestamp};
use jwtrail_session::{Limits, Sessions};
use jwtrail_verify::{Rejection, Requirement, Verified, VerifiedToken, Verifier};

use super::answer::{Realm, Refusal};
use super::binding::Binding;
use super::cross_site::CrossSite;
use super::decision::{Asked, Decision, PolicyId};
use super::fallback::{Fallback, StateHealth};
#[cfg(feature = "outbound")]
use super::introspection::Introspector;
use super::source::{Credentials, Presented, TokenSource};
use crate::client_address::ClientAddresses;
use crate::issuer_keys::{IssuerKeys, PLAIN_HTTP};
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

/// Somebody has to be waited for. What was found out of the token by then.
pub(super) enum Later {
    Nothing,
    /// It held, and something else has to be asked.
    Verified(Box<Verified>),
    /// Its key is missing, and may be published by now.
    Lacking(Box<Rejection>),
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

impl Demand {
    fn authorize(&self, token: &VerifiedToken, decision: &Decision) -> Result<(), Refusal> {
        match &self.requirement {
            Some(requirement) => authorize(requirement, token, decision),
            None => Ok(()),
        }
    }
}

impl Policy {
    /// The `dangerous_` options in force: each is a `config.unsafe` event at start.
    pub(super) fn unsafe_options(&self) -> Vec<&'static str> {
        let sessions = self.sessions.as_ref();
        let plaintext = sessions.is_some_and(|sessions| sessions.are_plaintext())
            || self.limits.are_plaintext()
            || self.binding.is_plaintext();
        let own = [
            (self.observe_only, "dangerous_observe_only"),
            (self.cross_site.dangerous_any_site, "dangerous_any_site"),
            (plaintext, "dangerous_plaintext"),
        ];
        let own = own.into_iter().filter(|(in_force, _)| *in_force);
        let verifiers = self.verifier.unsafe_options().iter().copied();
        let keys = self.keys.iter().flat_map(IssuerKeys::unsafe_options);
        let mut options: Vec<_> = verifiers
            .chain(keys.copied())
            .chain(own.map(|(_, name)| name))
            .collect();
        let list = self.quarantine.as_ref();
        // Keys may come so as well.
        if list.is_some_and(QuarantineList::is_plain_http) && !options.contains(&PLAIN_HTTP) {
            options.push(PLAIN_HTTP);
        }
        options
    }

    /// What this layer says: whether the request goes on.
    pub(super) async fn enforce(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
        found: Later,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        // What an outer layer let through after a failure, no inner one asks again.
        if decision.is_observed_by(self.id()) {
            return Ok(());
        }
        let decided = self.decide(request, decision, demand, found, now).await;
        self.unless_observed(decided, decision)
    }

    /// The same without waiting, if that can be: the token's keys are here, and all that is asked
    /// about it is in the memory of this process. Else nothing has happened that must not happen
    /// again.
    pub(super) fn enforce_at_once(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
        now: Timestamp,
        is_outermost: bool,
    ) -> Result<Result<(), Refusal>, Later> {
        if !is_outermost && decision.is_observed_by(self.id()) {
            return Ok(Ok(()));
        }
        let before = match is_outermost {
            // No other layer has accepted it.
            true => self.without_a_record(decision),
            false => self.before_the_token(decision),
        };
        let token = match before {
            Some(decided) => decided,
            None => self.accept_at_once(request, decision, demand.fallback, now)?,
        };
        let decided = token.and_then(|token| demand.authorize(&token, decision));
        Ok(self.unless_observed(decided, decision))
    }

    /// Takes every step that this layer asks for and that no outer layer of the same policy
    /// has taken.
    async fn decide(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        demand: &Demand,
        found: Later,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let token = match self.before_the_token(decision) {
            Some(decided) => decided?,
            None => match self
                .authenticate(request, decision, demand.fallback, found, now)
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
        demand.authorize(&token, decision)
    }

    /// What is decided before the request's token is looked at: an outer layer has accepted it,
    /// or there could be no record.
    fn before_the_token(
        self: &Arc<Self>,
        decision: &Decision,
    ) -> Option<Result<Arc<VerifiedToken>, Refusal>> {
        if let Some(token) = decision.token_of(self.id()) {
            return Some(Ok(token));
        }
        self.without_a_record(decision)
    }

    /// What is decided where there could be no record.
    fn without_a_record(&self, decision: &Decision) -> Option<Result<Arc<VerifiedToken>, Refusal>> {
        self.trail.refuses().then(|| {
            decision.unkept();
            Err(Refusal::Unavailable)
        })
    }

    /// A failure that is only observed lets the request go on.
    #[inline]
    fn unless_observed(
        self: &Arc<Self>,
        decided: Result<(), Refusal>,
        decision: &Decision,
    ) -> Result<(), Refusal> {
        if decided.is_err() && self.observe_only {
            decision.observed(self.id());
            return Ok(());
        }
        decided
    }

    pub(super) fn id(self: &Arc<Self>) -> PolicyId {
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
        found: Later,
        now: Timestamp,
    ) -> Result<Option<Arc<VerifiedToken>>, Refusal> {
        let (presented, way) = match self.source.credentials(request.headers()) {
            Credentials::Absent => return Ok(None),
            Credentials::Malformed => return Err(self.malformed(decision, now)),
            Credentials::Token(presented, way) => (presented, way),
        };
        let known = match found {
            Later::Nothing => self.known(presented, decision, now),
            Later::Verified(verified) => Some(Ok(*verified)),
            Later::Lacking(rejection) => {
                decision.uses(way.scheme());
                // What was tried is text.
                let token = presented.word().unwrap_or_default();
                let again = self.verify_again(token, rejection, now);
                let verified = Box::pin(again).await;
                Some(verified.map_err(|rejection| self.rejected(rejection, decision, now)))
            }
        };
        let verified = match known {
            Some(known) => {
                decision.uses(way.scheme());
                known?
            }
            None => {
                let Some(token) = presented.word() else {
                    return Err(self.malformed(decision, now));
                };
                decision.uses(way.scheme());
                Box::pin(self.verify_somehow(token, decision, now)).await?
            }
        };
        let accepted = self.accept(request, (presented, way), verified, decision, fallback, now);
        accepted.await.map(Some)
    }

    /// The token, if nobody has to be waited for.
    fn accept_at_once(
        self: &Arc<Self>,
        request: &ServiceRequest,
        decision: &Rc<Decision>,
        fallback: Fallback,
        now: Timestamp,
    ) -> Result<Result<Arc<VerifiedToken>, Refusal>, Later> {
        let Credentials::Token(presented, way) = self.source.credentials(request.headers()) else {
            return Err(Later::Nothing);
        };
        if self.asks_others() {
            return Err(Later::Nothing);
        }
        let verified = match self.known(presented, decision, now) {
            Some(known) => known,
            None => self.verify_at_once(presented, decision, now)?,
        };
        decision.uses(way.scheme());
        let verified = match verified {
            Ok(verified) if self.binding.asks_nothing(way.scheme(), &verified.token) => verified,
            Ok(verified) => return Err(Later::Verified(Box::new(verified))),
            Err(refusal) => return Ok(Err(refusal)),
        };
        decision.verified(&verified);
        let accepted = self.accept_proven(request, way, verified.token, decision, fallback, now);
        match accepted {
            Ok(token) => Ok(Ok(token)),
            Err(Some(refusal)) => Ok(Err(refusal)),
            Err(None) => Err(Later::Nothing),
        }
    }

    /// Whether revocations or limits are kept where an answer takes time. Such a question must
    /// not be asked twice.
    fn asks_others(&self) -> bool {
        let sessions = self.sessions.as_ref();
        self.limits.are_shared() || sessions.is_some_and(|sessions| !sessions.answer_at_once())
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

    /// Whether only its issuer can say what the token is.
    #[cfg(feature = "outbound")]
    pub(super) fn asks_issuer(&self, token: &str) -> bool {
        let introspector = self.introspector.as_ref();
        introspector.is_some_and(|introspector| introspector.takes(token))
    }

    #[cfg(not(feature = "outbound"))]
    pub(super) fn asks_issuer(&self, _: &str) -> bool {
        false
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
    token: &VerifiedToken,
    decision: &Decision,
) -> Result<(), Refusal> {
    if required.requirement.is_met_by(token.scope()) {
        decision.granted(&required.text);
        return Ok(());
    }
    let asked = Asked {
        required: Some(Arc::clone(&required.text)),
        missing: required.requirement.missing_from(token.scope()),
        object_type: None,
    };
    decision.denied(Reason::InsufficientScope, asked);
    Err(Refusal::InsufficientScope(required.text.to_string()))
}
