use std::rc::Rc;
use std::sync::Arc;

use actix_web::Error;
use actix_web::dev::ServiceResponse;
use jwtrail_event::events::{
    AcceptedToken, AccessDenied, Answer, Authorization, Claimed, Evidence, RateExceeded, Request,
    TokenAccepted, TokenHeader, TokenMissing, TokenRejected,
};
use jwtrail_event::{Authz, Exit, Fingerprint, Reason, Step, Text, Timestamp};
use jwtrail_verify::VerifiedToken;

use super::decision::{Asked, Decision, Presented, State, Verdict};
use super::error::RefusalError;
use crate::Trail;

/// The one record of a request: written when this is dropped, however the request ends.
///
/// The outermost layer holds it inside its future, so that a panic, a client that goes away
/// and a deadline drop it as well. Nothing here can panic: that would abort the process.
pub(super) struct Recording {
    decision: Rc<Decision>,
    end: Option<End>,
}

enum End {
    Responded(u16),
    Deadline,
}

impl Recording {
    pub(super) fn new(decision: Rc<Decision>) -> Self {
        Self {
            decision,
            end: None,
        }
    }

    /// The head is known: records it, and puts the ids and a nonce on it.
    pub(super) fn finish<B>(mut self, outcome: &mut Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(response) => {
                self.decision.put_on(response.headers_mut());
                self.decision.facts().routed(response.request());
                self.end = Some(End::Responded(response.status().as_u16()));
            }
            Err(error) => {
                // An inner layer of the same protection may have seen the deadline first.
                self.end = Some(match RefusalError::is_deadline(error) {
                    true => End::Deadline,
                    // Asking for the answer lets an extractor's error amend the decision.
                    false => End::Responded(error.error_response().status().as_u16()),
                });
                put_head_on(error, &self.decision);
            }
        }
    }

    fn record(&self, state: &State) {
        let (exit, status) = match &self.end {
            Some(End::Responded(status)) => (Exit::Responded, Some(*status)),
            Some(End::Deadline) => (Exit::Deadline, None),
            None if std::thread::panicking() => (Exit::Panicked, None),
            None => (Exit::Dropped, None),
        };
        let trail = self.decision.trail();
        let now = trail.clock().now();
        let mut answer = Answer {
            steps: state.steps,
            status,
            exit,
            enforced: state.observed_by.is_none(),
            duration_us: u64::try_from(now.micros_since(self.decision.started)).unwrap_or(0),
            cache: state.cache,
        };
        if let Verdict::Undecided(Some(_)) | Verdict::Introspecting(_) = &state.verdict {
            let asked = match answer.steps.of(Step::Revocation) {
                Some(_) => Step::Limit,
                None => Step::Revocation,
            };
            answer.steps.failed(asked, Reason::Undecided);
        }
        let facts = self.decision.facts();
        facts.with_event(|request| write(trail, request, answer, state, now));
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.decision.with_state(|state| self.record(state));
    }
}

/// The ids and a nonce go out with an error's answer, too.
pub(super) fn put_head_on(error: &mut Error, decision: &Rc<Decision>) {
    let decision = Rc::clone(decision);
    error.add_response_mapper(move |mut response| {
        decision.put_on(response.headers_mut());
        response
    });
}

fn write(trail: &Trail, request: &Request<'_>, answer: Answer, state: &State, now: Timestamp) {
    let reject = |evidence, reason| {
        let rejected = TokenRejected {
            request,
            answer,
            evidence,
            reason,
        };
        trail.record_at(&rejected, now);
    };
    match &state.verdict {
        Verdict::Undecided(None) => reject(Evidence::Absent, Reason::Undecided),
        Verdict::Undecided(Some(token)) => reject(signed(token), Reason::Undecided),
        Verdict::Introspecting(fingerprint) => reject(untried(fingerprint), Reason::Undecided),
        Verdict::Malformed => reject(Evidence::Absent, Reason::MalformedHeader),
        Verdict::Unkept => reject(Evidence::Absent, Reason::BackendUnavailable),
        Verdict::Rejected(rejection) => reject(rejection.evidence(), rejection.reason()),
        Verdict::Refused(token, reason) => reject(signed(token), *reason),
        Verdict::Limited(presented) => {
            let evidence = shown(presented);
            let exceeded = RateExceeded {
                request,
                answer,
                evidence,
            };
            trail.record_at(&exceeded, now);
        }
        Verdict::Missing { optional } => {
            let missing = TokenMissing {
                request,
                answer,
                optional: *optional,
            };
            trail.record_at(&missing, now);
        }
        Verdict::Accepted { token, asked } => {
            let asked = asked.as_ref();
            let accepted = TokenAccepted {
                request,
                answer,
                token: AcceptedToken::Rendered(token.rendered()),
                authorization: asked.map(|asked| authorization(asked, Authz::Granted)),
            };
            trail.record_at(&accepted, now);
        }
        Verdict::Denied {
            token,
            asked,
            reason,
        } => {
            let denied = AccessDenied {
                request,
                answer,
                header: token.event_header(),
                claims: token.event_claims(),
                authorization: authorization(asked, Authz::Denied),
                reason: *reason,
            };
            trail.record_at(&denied, now);
        }
    }
}

fn authorization(asked: &Asked, authz: Authz) -> Authorization<'_> {
    Authorization {
        authz,
        required_scope: asked.required.as_deref().map(Text::from),
        missing_scope: asked.missing.as_ref().map(Text::from),
        object_type: asked.object_type.as_ref().map(Text::from),
    }
}

fn shown(presented: &Presented) -> Evidence<'_> {
    match presented {
        Presented::Malformed => Evidence::Absent,
        // Reading more of it is what was to be spared.
        Presented::Untried(fingerprint) => untried(fingerprint),
        Presented::Failed(rejection) => rejection.evidence(),
        Presented::Unproven(token) => signed(token),
        Presented::Good(token) => Evidence::Verified {
            header: token.event_header(),
            claims: token.event_claims(),
        },
    }
}

fn untried(fingerprint: &Fingerprint) -> Evidence<'_> {
    Evidence::Unverified {
        header: TokenHeader {
            fingerprint: Some(Text::from(fingerprint.as_str())),
            ..TokenHeader::default()
        },
        claimed: Claimed::default(),
    }
}

fn signed(token: &Arc<VerifiedToken>) -> Evidence<'_> {
    Evidence::Signed {
        header: token.event_header(),
        claims: token.event_claims(),
    }
}
