use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jwtrail_event::{CacheUse, Reason, Step, Steps};
use jwtrail_verify::VerifiedToken;

use super::verdict::{Asked, Presented, Verdict};

/// Where a decision stands: with the request, and from then on with its token, too, that a
/// handler takes it. Most never do, and a lock is spared.
#[derive(Debug)]
pub(super) enum Place {
    Own(State),
    Shared(Shared),
}

impl Place {
    pub(super) fn share(&mut self) -> Shared {
        let shared = match self {
            Self::Own(state) => Shared(Arc::new(Mutex::new(std::mem::take(state)))),
            Self::Shared(shared) => return shared.clone(),
        };
        *self = Self::Shared(shared.clone());
        shared
    }
}

/// A state shared with the request's token: a handler may take it to another thread and ask
/// there.
#[derive(Clone, Debug)]
pub(in crate::auth) struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
pub(in crate::auth) struct State {
    pub(in crate::auth) verdict: Verdict,
    pub(in crate::auth) steps: Steps,
    pub(in crate::auth) cache: CacheUse,
    /// Which policy verified the token.
    pub(in crate::auth) policy: PolicyId,
    /// Which policy let the request go on although it failed.
    pub(in crate::auth) observed_by: Option<PolicyId>,
}

/// Tells policies apart, and those that only observe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::auth) struct PolicyId {
    pub(in crate::auth) address: usize,
    pub(in crate::auth) observes_only: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            verdict: Verdict::Undecided(None),
            steps: Steps::default(),
            cache: CacheUse::None,
            policy: PolicyId::default(),
            observed_by: None,
        }
    }
}

impl Shared {
    pub(in crate::auth) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn token(&self) -> Option<Arc<VerifiedToken>> {
        let token = match &self.verdict {
            Verdict::Accepted { token, .. } => return Some(Arc::clone(token)),
            Verdict::Denied { token, .. }
            | Verdict::Refused(token, _)
            | Verdict::Limited(Presented::Good(token) | Presented::Unproven(token)) => token,
            _ => return None,
        };
        self.observed_by.map(|_| Arc::clone(token))
    }

    /// A scope that was asked for is there. Nothing else changes once something was denied.
    pub(in crate::auth) fn granted(&mut self, scope: &Arc<str>) {
        if let Verdict::Accepted { asked, .. } = &mut self.verdict {
            self.steps.passed(Step::Scope);
            let required = &mut asked.get_or_insert_default().required;
            *required = Some(match required {
                Some(before) => format!("{before} {scope}").into(),
                None => Arc::clone(scope),
            });
        }
    }

    /// A policy allowed what is done to an object of this type.
    pub(in crate::auth) fn granted_object(&mut self, object_type: &str) {
        if let Verdict::Accepted { asked, .. } = &mut self.verdict {
            self.steps.passed(Step::Scope);
            let object = &mut asked.get_or_insert_default().object_type;
            *object = Some(object_type.to_owned());
        }
    }

    /// A handler's own denial: whether it is enforced.
    pub(in crate::auth) fn deny(&mut self, reason: Reason, asked: Asked) -> bool {
        if self.observed_by.is_some() {
            return false;
        }
        self.denied(reason, asked);
        if self.policy.observes_only {
            self.observed_by = Some(self.policy);
        }
        !self.policy.observes_only
    }

    /// The token that was accepted may not do this. The first denial stays.
    pub(in crate::auth) fn denied(&mut self, reason: Reason, now: Asked) {
        if let Verdict::Accepted { token, asked } = &mut self.verdict {
            let before = asked.take().unwrap_or_default();
            let asked = Asked {
                required: now.required.or(before.required),
                object_type: now.object_type.or(before.object_type),
                missing: now.missing,
            };
            self.steps.failed(Step::Scope, reason);
            self.verdict = Verdict::Denied {
                token: Arc::clone(token),
                asked,
                reason,
            };
        }
    }
}
