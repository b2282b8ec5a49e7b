use std::sync::Arc;

use jwtrail_event::events::ProxySuspected;
use jwtrail_event::{Reason, Timestamp};
use jwtrail_verify::{Rejection, Verified, VerifiedToken};

use super::answer::Refusal;
use super::decision::{Decision, Presented};
use super::policy::Policy;
use crate::internal_events;

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

    /// Charges a good token to the limits that were declared.
    pub(super) fn admit(
        &self,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if !self.limits.limits_good_tokens() {
            return Ok(());
        }
        let admitted = self.limits.admit(token, || decision.facts().route(), now);
        match admitted {
            Ok(()) => {
                decision.within_limits();
                Ok(())
            }
            Err(limited) => {
                decision.limited(Presented::Good(Arc::clone(token)));
                Err(Refusal::Limited(limited))
            }
        }
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
                client_ip: request.client_ip.reborrow(),
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

    /// A key that is missing may have been published since: then once again.
    async fn verify_with_newest_keys(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Verified, Box<Rejection>> {
        let rejection = match self.verifier.verify(token, now) {
            Ok(verified) => return Ok(verified),
            Err(rejection) => rejection,
        };
        match &self.keys {
            Some(keys) if keys.are_newer(&self.verifier, &rejection, now).await => {
                self.verifier.verify(token, self.trail.clock().now())
            }
            _ => Err(rejection),
        }
    }

    fn rejected(&self, rejection: Box<Rejection>, decision: &Decision, now: Timestamp) -> Refusal {
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
