use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jwtrail_event::events::ConfigUnsafe;
use jwtrail_event::{Reason, Step, Text};
use jwtrail_session::{CheckFailure, StateError, WhenDown};
use jwtrail_verify::VerifiedToken;

use super::answer::Refusal;
use super::decision::Decision;
use super::policy::Policy;
use crate::internal_events;
use crate::trail::own_correlation;

/// What a layer does while a store does not answer. By default it refuses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fallback {
    /// Tokens are accepted although nobody knows whether they were revoked.
    pub(super) accept_unchecked: bool,
    /// Limits are counted by this process alone.
    pub(super) local_limits: bool,
}

impl Fallback {
    pub(super) fn limits_when_down(self) -> WhenDown {
        match self.local_limits {
            true => WhenDown::CountLocally,
            false => WhenDown::Refuse,
        }
    }
}

/// Whether the state of sessions answered last time, to tell each change once.
#[derive(Debug, Default)]
pub(crate) struct StateHealth {
    down: AtomicBool,
    unsafe_told: AtomicBool,
}

impl StateHealth {
    fn failed(&self, error: &StateError) {
        if !self.down.swap(true, Ordering::Relaxed) {
            internal_events::StateDown { error }.emit();
        }
    }

    fn answered(&self) {
        if self.down.load(Ordering::Relaxed) && self.down.swap(false, Ordering::Relaxed) {
            internal_events::StateBack.emit();
        }
    }
}

impl Policy {
    /// Judges what the sessions said of the token, its family and its subject.
    pub(super) fn not_revoked(
        &self,
        checked: Result<(), CheckFailure>,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
        fallback: Fallback,
    ) -> Result<(), Refusal> {
        let reason = match checked {
            Ok(()) => {
                self.state_health.answered();
                decision.not_revoked();
                return Ok(());
            }
            Err(CheckFailure::Revoked) => {
                self.state_health.answered();
                Reason::Revoked
            }
            Err(failure) => {
                if let CheckFailure::Unavailable(error) = &failure {
                    self.state_health.failed(error);
                }
                if fallback.accept_unchecked {
                    decision.unchecked(Step::Revocation, Reason::BackendUnavailable);
                    return Ok(());
                }
                // Fail closed on whatever keeps the answer from us.
                Reason::BackendUnavailable
            }
        };
        decision.refused(token, Step::Revocation, reason);
        Err(Refusal::of(reason))
    }

    /// Records that the option is in force, once however many layers have it.
    pub(super) fn accepts_unchecked(&self) {
        if self.state_health.unsafe_told.swap(true, Ordering::Relaxed) {
            return;
        }
        internal_events::UnsafeOption { option: OPTION }.emit();
        self.trail.record(&ConfigUnsafe {
            correlation: &own_correlation(),
            option: Text::from(OPTION),
        });
    }
}

/// As it is named where it is set.
const OPTION: &str = "dangerous_accept_when_state_is_down";
