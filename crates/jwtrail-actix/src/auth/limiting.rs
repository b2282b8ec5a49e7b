use std::sync::Arc;

use jwtrail_event::events::{LimitsDegraded, ProxySuspected};
use jwtrail_event::{Reason, Step, Timestamp};
use jwtrail_session::{Admission, Answer, NotAdmitted, Sharing};
use jwtrail_verify::{Rejection, Verified, VerifiedToken};

use super::answer::Refusal;
use super::binding::Unproven;
use super::decision::{Decision, Presented};
use super::fallback::Fallback;
#[cfg(feature = "outbound")]
use super::introspection::Introspector;
use super::policy::{Later, Policy};
use super::source;
use crate::internal_events;
use crate::trail::own_correlation;

impl Policy {
    /// Verifies a token, as far as its address may still have one tried.
    pub(super) async fn verify(
        &self,
        token: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        let address = decision.facts().client_address();
        let verified = if self.limits.is_over(address, now) {
            self.verify_under_budget(token, decision, now).await?
        } else {
            self.verify_with_newest_keys(token, now).await
        };
        verified.map_err(|rejection| self.rejected(rejection, decision, now))
    }

    /// The same without waiting, if that can be.
    // Where tokens are kept, few requests come here: it stays out of the others' way.
    #[inline(never)]
    pub(super) fn verify_at_once(
        &self,
        presented: source::Presented<'_>,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Result<Verified, Refusal>, Later> {
        let token = presented.word().ok_or(Later::Nothing)?;
        let address = decision.facts().client_address();
        if self.asks_issuer(token) || self.limits.is_over(address, now) {
            return Err(Later::Nothing);
        }
        let rejection = match self.verifier.verify(token, now) {
            Ok(verified) => return Ok(Ok(verified)),
            Err(rejection) => rejection,
        };
        if self.keys.is_some() && rejection.missing_key_of().is_some() {
            return Err(Later::Lacking(rejection));
        }
        Ok(Err(self.rejected(rejection, decision, now)))
    }

    /// Asks a token's issuer, as far as its address may still have one tried.
    #[cfg(feature = "outbound")]
    pub(super) async fn verify_by_asking(
        &self,
        introspector: &Introspector,
        token: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        let verifier = &self.verifier;
        let refuse = |rejection| self.rejected(rejection, decision, now);
        if let Some(known) = introspector.known(verifier, token, now) {
            return known.map_err(refuse);
        }
        let address = decision.facts().client_address();
        let over = self.limits.is_over(address, now);
        if over && let Err(limited) = self.limits.try_anyway(address, now) {
            decision.limited(Presented::Untried(verifier.fingerprint(token)));
            return Err(Refusal::Limited(limited));
        }
        decision.introspecting(verifier.fingerprint(token));
        let asked = introspector.ask(verifier, token, now).await;
        if over && asked.is_ok() {
            self.limits.held(address);
        }
        asked.map_err(refuse)
    }

    /// Credentials that were none are a failure, too.
    pub(super) fn malformed(&self, decision: &Decision, now: Timestamp) -> Refusal {
        let address = decision.facts().client_address();
        let reason = Reason::MalformedHeader;
        match self.limits.failed(address, None, reason, now) {
            Ok(()) => {
                decision.malformed();
                Refusal::of(reason)
            }
            Err(limited) => {
                decision.limited(Presented::Malformed);
                Refusal::Limited(limited)
            }
        }
    }

    /// A token that held came without the proof that it asks for.
    pub(super) fn unproven(
        &self,
        token: &Arc<VerifiedToken>,
        unproven: Unproven,
        decision: &Decision,
        now: Timestamp,
    ) -> Refusal {
        let address = decision.facts().client_address();
        let fingerprint = token.fingerprint().as_str();
        let Unproven { reason, refusal } = unproven;
        match self.limits.failed(address, Some(fingerprint), reason, now) {
            Ok(()) => {
                decision.refused(token, Step::Binding, reason);
                refusal
            }
            Err(limited) => {
                decision.unproven_and_limited(token, reason);
                Refusal::Limited(limited)
            }
        }
    }

    /// Charges a good token to the limits that were declared.
    pub(super) fn charge<'a>(
        &'a self,
        token: &VerifiedToken,
        decision: &Decision,
        fallback: Fallback,
        now: Timestamp,
    ) -> Answer<'a, Admission> {
        let route = || decision.facts().route();
        let when_down = fallback.limits_when_down();
        self.limits.admit(token, route, when_down, now)
    }

    /// Judges what the limits said.
    pub(super) fn admitted(
        &self,
        admission: Admission,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
    ) -> Result<(), Refusal> {
        if let Some(turned) = admission.turned {
            self.limits_turned(turned);
        }
        match admission.verdict {
            Ok(()) => {
                decision.within_limits();
                Ok(())
            }
            Err(NotAdmitted::Limited(limited)) => {
                decision.limited(Presented::Good(Arc::clone(token)));
                Err(Refusal::Limited(limited))
            }
            // Fail closed on whatever keeps the answer from us.
            Err(_) => {
                let reason = Reason::BackendUnavailable;
                decision.refused(token, Step::Limit, reason);
                Err(Refusal::of(reason))
            }
        }
    }

    /// Tells that limits are not shared any more, or again.
    pub(crate) fn limits_turned(&self, turned: Sharing) {
        let reason = match turned {
            Sharing::Lost => Some(Reason::BackendUnavailable),
            Sharing::Restored => None,
        };
        internal_events::LimitsDegraded {
            shared: reason.is_none(),
        }
        .emit();
        self.trail.record(&LimitsDegraded {
            correlation: &own_correlation(),
            reason,
        });
    }

    /// Tells when one address turns out to stand for many subjects.
    pub(super) fn note_accepted(&self, token: &VerifiedToken, decision: &Decision) {
        let facts = decision.facts();
        if !self.limits.accepted(facts.client_address(), token) {
            return;
        }
        internal_events::ProxySuspected.emit();
        facts.with_event(|request| {
            self.trail.record(&ProxySuspected {
                correlation: &request.correlation,
                client_ip: request.client_ip,
            });
        });
    }

    /// The address is over its limit: what is known passes, little else is tried.
    async fn verify_under_budget(
        &self,
        token: &str,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Result<Verified, Box<Rejection>>, Refusal> {
        if let Some(known) = self.verifier.verify_known(token, now) {
            return Ok(known);
        }
        let address = decision.facts().client_address();
        if let Err(limited) = self.limits.try_anyway(address, now) {
            let fingerprint = self.verifier.fingerprint(token);
            decision.limited(Presented::Untried(fingerprint));
            return Err(Refusal::Limited(limited));
        }
        let verified = self.verify_with_newest_keys(token, now).await;
        if verified.is_ok() {
            self.limits.held(address);
        }
        Ok(verified)
    }

    async fn verify_with_newest_keys(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        match self.verifier.verify(token, now) {
            Ok(verified) => Ok(verified),
            Err(rejection) => self.verify_again(token, rejection, now).await,
        }
    }

    /// A key that was missing may have been published since.
    pub(super) async fn verify_again(
        &self,
        token: &str,
        rejection: Box<Rejection>,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        match &self.keys {
            Some(keys) if keys.are_newer(&self.verifier, &rejection, now).await => {
                self.verifier.verify(token, self.trail.clock().now())
            }
            _ => Err(rejection),
        }
    }

    pub(super) fn rejected(
        &self,
        rejection: Box<Rejection>,
        decision: &Decision,
        now: Timestamp,
    ) -> Refusal {
        let address = decision.facts().client_address();
        let fingerprint = rejection.fingerprint().as_str();
        let reason = rejection.reason();
        match self.limits.failed(address, Some(fingerprint), reason, now) {
            Ok(()) => {
                decision.rejected(rejection);
                Refusal::of(reason)
            }
            Err(limited) => {
                decision.limited(Presented::Failed(rejection));
                Refusal::Limited(limited)
            }
        }
    }
}
