use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use jwtrail_event::{Reason, Step, Timestamp};
use jwtrail_session::Answer;
use jwtrail_verify::{Verified, VerifiedToken};

use super::answer::Refusal;
use super::decision::{Asked, Decision};
use super::fallback::Fallback;
use super::policy::Policy;
use super::source::{Presented, Way};

/// The steps after the binding, in one place for those who wait and those who don't.
macro_rules! steps_after_binding {
    (
        $policy:ident, $request:ident, $way:ident, $token:ident, $decision:ident,
        $fallback:ident, $now:ident, |$answer:ident| $said:expr
    ) => {{
        $policy.not_quarantined(&$token, $decision, $now)?;
        if let Some(sessions) = &$policy.sessions {
            let $answer = sessions.check(&$token, $now);
            let checked = $said;
            $policy.not_revoked(checked, &$token, $decision, $fallback)?;
        }
        if $policy.limits.limits_good_tokens() {
            let $answer = $policy.charge(&$token, $decision, $fallback, $now);
            let admission = $said;
            $policy.admitted(admission, &$token, $decision)?;
        }
        $policy.accepted($request, $way, &$token, $decision)?;
        Ok($token)
    }};
}

impl Policy {
    /// Takes the steps after the claims.
    pub(super) async fn accept(
        self: &Arc<Self>,
        request: &ServiceRequest,
        (presented, way): (Presented<'_>, Way),
        verified: Verified,
        decision: &Rc<Decision>,
        fallback: Fallback,
        now: Timestamp,
    ) -> Result<Arc<VerifiedToken>, Refusal> {
        decision.verified(&verified);
        let token = verified.token;
        self.check_binding(request, presented, &token, decision, now)
            .await?;
        steps_after_binding! {
            self, request, way, token, decision, fallback, now,
            |answer| answer.await
        }
    }

    /// The same for a token that asks for no proof, if nobody has to be waited for; else an
    /// error without a refusal.
    pub(super) fn accept_proven(
        self: &Arc<Self>,
        request: &ServiceRequest,
        way: Way,
        token: Arc<VerifiedToken>,
        decision: &Rc<Decision>,
        fallback: Fallback,
        now: Timestamp,
    ) -> Result<Arc<VerifiedToken>, Option<Refusal>> {
        steps_after_binding! {
            self, request, way, token, decision, fallback, now,
            |answer| match answer {
                Answer::Ready(said) => said,
                Answer::Later(_) => return Err(None),
            }
        }
    }

    /// The last of the steps after the claims.
    fn accepted(
        self: &Arc<Self>,
        request: &ServiceRequest,
        way: Way,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
    ) -> Result<(), Refusal> {
        decision.accepted(token, self.id());
        if way == Way::Cookie && !self.cross_site.allows(request) {
            decision.denied(Reason::PolicyDenied, Asked::default());
            return Err(Refusal::PolicyDenied);
        }
        self.note_accepted(token, decision);
        Ok(())
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
