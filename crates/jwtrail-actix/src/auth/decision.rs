use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Extensions;
use jwtrail_event::{CacheUse, Fingerprint, Reason, Step, Steps, Timestamp};
use jwtrail_verify::{Rejection, Verified, VerifiedToken};

use super::answer::Realm;
use crate::request_facts::RequestFacts;

/// What is decided about one request. The outermost layer makes it and records it, inner
/// layers find it in the request's extensions and amend it.
#[derive(Debug)]
pub(crate) struct Decision {
    facts: Rc<RequestFacts>,
    realm: Realm,
    pub(super) started: Timestamp,
    state: RefCell<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) verdict: Verdict,
    pub(super) steps: Steps,
    pub(super) cache: CacheUse,
    /// Which policy verified the token.
    policy: usize,
}

/// Where the decision stands.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing is known, but maybe the token.
    Undecided(Option<Arc<VerifiedToken>>),
    Missing {
        optional: bool,
    },
    Malformed,
    Rejected(Box<Rejection>),
    Limited(Presented),
    /// The token held; a step after the claims said no.
    Refused(Arc<VerifiedToken>, Reason),
    Accepted {
        token: Arc<VerifiedToken>,
        granted: Option<String>,
    },
    Denied {
        token: Arc<VerifiedToken>,
        required: String,
        missing: String,
    },
}

/// What a request brought that a limit refused.
#[derive(Debug)]
pub(super) enum Presented {
    /// Credentials that were none.
    Malformed,
    /// A token that was not tried.
    Untried(Fingerprint),
    /// A token that failed, too.
    Failed(Box<Rejection>),
    /// A good token.
    Good(Arc<VerifiedToken>),
}

/// The extension's type.
#[derive(Clone)]
struct Shared(Rc<Decision>);

impl Decision {
    pub(super) fn new(facts: Rc<RequestFacts>, realm: Realm, started: Timestamp) -> Rc<Self> {
        Rc::new(Self {
            facts,
            realm,
            started,
            state: RefCell::new(State {
                verdict: Verdict::Undecided(None),
                steps: Steps::default(),
                cache: CacheUse::None,
                policy: 0,
            }),
        })
    }

    /// The decision about the request with these extensions.
    pub(crate) fn of(extensions: &Extensions) -> Option<Rc<Self>> {
        extensions
            .get::<Shared>()
            .map(|shared| Rc::clone(&shared.0))
    }

    pub(super) fn put_into(self: &Rc<Self>, extensions: &mut Extensions) {
        extensions.insert(Shared(Rc::clone(self)));
    }

    pub(crate) fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    pub(super) fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The token that was accepted so far.
    pub(crate) fn token(&self) -> Option<Arc<VerifiedToken>> {
        match &self.state.borrow().verdict {
            Verdict::Accepted { token, .. } => Some(Arc::clone(token)),
            _ => None,
        }
    }

    /// The token, if this policy accepted it.
    pub(super) fn token_of(&self, policy: usize) -> Option<Arc<VerifiedToken>> {
        let token = self.token()?;
        (self.state.borrow().policy == policy).then_some(token)
    }

    pub(super) fn missing(&self, optional: bool) {
        self.change(|state| state.verdict = Verdict::Missing { optional });
    }

    pub(super) fn malformed(&self) {
        self.change(|state| {
            state.steps.failed(Step::Parse, Reason::MalformedHeader);
            state.verdict = Verdict::Malformed;
        });
    }

    pub(super) fn rejected(&self, rejection: Box<Rejection>) {
        self.change(|state| {
            state.steps = rejection.steps();
            state.cache = rejection.cache();
            state.verdict = Verdict::Rejected(rejection);
        });
    }

    /// A limit said no. What had failed before stays among the steps.
    pub(super) fn limited(&self, presented: Presented) {
        self.change(|state| {
            match &presented {
                Presented::Malformed => {
                    state.steps.failed(Step::Parse, Reason::MalformedHeader);
                }
                Presented::Untried(_) => state.cache = CacheUse::Miss,
                Presented::Failed(rejection) => {
                    state.steps = rejection.steps();
                    state.cache = rejection.cache();
                }
                Presented::Good(_) => {}
            }
            state.steps.failed(Step::Limit, Reason::RateLimited);
            state.verdict = Verdict::Limited(presented);
        });
    }

    pub(super) fn within_limits(&self) {
        self.change(|state| state.steps.passed(Step::Limit));
    }

    /// The token holds; what else has to be asked is not known yet.
    pub(super) fn verified(&self, verified: &Verified) {
        self.change(|state| {
            state.steps = verified.steps;
            state.cache = verified.cache;
            state.verdict = Verdict::Undecided(Some(Arc::clone(&verified.token)));
        });
    }

    pub(super) fn refused(&self, token: &Arc<VerifiedToken>, step: Step, reason: Reason) {
        self.change(|state| {
            state.steps.failed(step, reason);
            state.verdict = Verdict::Refused(Arc::clone(token), reason);
        });
    }

    pub(super) fn not_revoked(&self) {
        self.change(|state| state.steps.passed(Step::Revocation));
    }

    pub(super) fn accepted(&self, token: &Arc<VerifiedToken>, policy: usize) {
        self.change(|state| {
            state.policy = policy;
            state.verdict = Verdict::Accepted {
                token: Arc::clone(token),
                granted: None,
            };
        });
    }

    pub(super) fn granted(&self, scope: &str) {
        self.change(|state| {
            state.steps.passed(Step::Scope);
            if let Verdict::Accepted { granted, .. } = &mut state.verdict {
                match granted {
                    Some(before) => {
                        before.push(' ');
                        before.push_str(scope);
                    }
                    None => *granted = Some(scope.to_owned()),
                }
            }
        });
    }

    pub(super) fn denied(&self, token: &Arc<VerifiedToken>, required: &str, missing: String) {
        self.change(|state| {
            state.steps.failed(Step::Scope, Reason::InsufficientScope);
            state.verdict = Verdict::Denied {
                token: Arc::clone(token),
                required: required.to_owned(),
                missing,
            };
        });
    }

    /// For the record. None while the state is being changed, which no drop can meet.
    pub(super) fn state(&self) -> Option<Ref<'_, State>> {
        self.state.try_borrow().ok()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        if let Ok(mut state) = self.state.try_borrow_mut() {
            change(&mut state);
        }
    }
}
