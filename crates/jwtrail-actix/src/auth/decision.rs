mod state;
mod verdict;

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Extensions;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use jwtrail_event::{CacheUse, Reason, Step, Timestamp};
use jwtrail_verify::{Rejection, Verified, VerifiedToken};

use super::answer::Realm;
use super::policy::Policy;
use super::source::Scheme;
use crate::Trail;
use crate::request_facts::RequestFacts;
use state::Place;
pub(super) use state::{PolicyId, Shared, State};
pub(super) use verdict::{Asked, Presented, Verdict};

/// What is decided about one request. The outermost layer makes it and records it, inner
/// layers find it in the request's extensions and amend it.
pub(crate) struct Decision {
    facts: RequestFacts,
    /// That of the outermost layer.
    policy: Arc<Policy>,
    pub(super) started: Timestamp,
    state: RefCell<Place>,
    /// How the credentials came.
    scheme: Cell<Scheme>,
    /// The memory in which the use of the request's proof is noted, by its address.
    proof_noted: Cell<usize>,
    /// What the client shall put into its next proof.
    next_nonce: OnceCell<HeaderValue>,
}

/// The extension's type.
#[derive(Clone)]
struct Entry(Rc<Decision>);

impl Decision {
    pub(super) fn new(facts: RequestFacts, policy: &Arc<Policy>, started: Timestamp) -> Rc<Self> {
        Rc::new(Self {
            facts,
            policy: Arc::clone(policy),
            started,
            state: RefCell::new(Place::Own(State::default())),
            scheme: Cell::default(),
            proof_noted: Cell::new(0),
            next_nonce: OnceCell::new(),
        })
    }

    /// The decision about the request with these extensions.
    pub(crate) fn of(extensions: &Extensions) -> Option<Rc<Self>> {
        extensions.get::<Entry>().map(|entry| Rc::clone(&entry.0))
    }

    pub(super) fn put_into(self: &Rc<Self>, extensions: &mut Extensions) {
        extensions.insert(Entry(Rc::clone(self)));
    }

    pub(crate) fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    pub(super) fn trail(&self) -> &Trail {
        &self.policy.trail
    }

    pub(super) fn realm(&self) -> Realm {
        self.policy.realm.answering(self.scheme.get())
    }

    pub(super) fn scheme(&self) -> Scheme {
        self.scheme.get()
    }

    pub(super) fn uses(&self, scheme: Scheme) {
        self.scheme.set(scheme);
    }

    /// True once for each memory of proofs: layers of one request that share a memory must not
    /// take its proof for a repeated one.
    pub(super) fn notes_proof_in(&self, memory: usize) -> bool {
        self.proof_noted.replace(memory) != memory
    }

    /// Tells the client with the answer what its next proof must hold.
    pub(super) fn give_nonce(&self, nonce: &str) {
        if let Ok(nonce) = HeaderValue::from_str(nonce) {
            self.next_nonce.get_or_init(|| nonce);
        }
    }

    /// Puts on the answer's head what the client needs for the next request.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        self.facts.correlation.put_on(headers);
        if let Some(nonce) = self.next_nonce.get() {
            headers.insert(DPOP_NONCE, nonce.clone());
        }
    }

    pub(super) fn shared(&self) -> Shared {
        self.state.borrow_mut().share()
    }

    /// The token that was accepted so far; or one that held, whatever else failed, where that
    /// is only observed.
    pub(crate) fn token(&self) -> Option<Arc<VerifiedToken>> {
        self.with_state(|state| state.token())
    }

    /// The token, if this policy accepted it.
    #[inline]
    pub(super) fn token_of(&self, policy: PolicyId) -> Option<Arc<VerifiedToken>> {
        self.with_state(|state| match &state.verdict {
            Verdict::Accepted { token, .. } if state.policy == policy => Some(Arc::clone(token)),
            _ => None,
        })
    }

    /// The request goes on although it failed.
    pub(super) fn observed(&self, policy: PolicyId) {
        self.with_state(|state| state.observed_by = Some(policy));
    }

    #[inline]
    pub(super) fn is_observed_by(&self, policy: PolicyId) -> bool {
        self.with_state(|state| state.observed_by == Some(policy))
    }

    pub(super) fn missing(&self, optional: bool) {
        self.change(|state| state.verdict = Verdict::Missing { optional });
    }

    /// The handler can't do without a token. What was only observed before now refuses.
    pub(super) fn demanded(&self) {
        self.with_state(|state| {
            if state.observed_by.take().is_none() {
                state.verdict = Verdict::Missing { optional: false };
            }
        });
    }

    pub(super) fn malformed(&self) {
        self.change(|state| {
            state.steps.failed(Step::Parse, Reason::MalformedHeader);
            state.verdict = Verdict::Malformed;
        });
    }

    /// The trail can't be kept, and nothing is let in without it.
    pub(super) fn unkept(&self) {
        self.change(|state| {
            state.steps.failed(Step::Limit, Reason::BackendUnavailable);
            state.verdict = Verdict::Unkept;
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
                // Its steps stand there already.
                Presented::Unproven(_) | Presented::Good(_) => {}
            }
            state.steps.failed(Step::Limit, Reason::RateLimited);
            state.verdict = Verdict::Limited(presented);
        });
    }

    #[inline]
    pub(super) fn within_limits(&self) {
        self.change(|state| state.steps.passed(Step::Limit));
    }

    /// Only the issuer knows what the token is.
    #[cfg(feature = "outbound")]
    pub(super) fn introspecting(&self, fingerprint: jwtrail_event::Fingerprint) {
        self.change(|state| {
            state.steps.passed(Step::Parse);
            state.verdict = Verdict::Introspecting(fingerprint);
        });
    }

    /// The token holds; what else has to be asked is not known yet.
    #[inline]
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

    pub(super) fn proven(&self) {
        self.change(|state| state.steps.passed(Step::Binding));
    }

    /// A limit said no to what came without a good proof.
    pub(super) fn unproven_and_limited(&self, token: &Arc<VerifiedToken>, reason: Reason) {
        self.change(|state| state.steps.failed(Step::Binding, reason));
        self.limited(Presented::Unproven(Arc::clone(token)));
    }

    /// A step could not be taken, and the request may go on all the same.
    pub(super) fn unchecked(&self, step: Step, reason: Reason) {
        self.change(|state| state.steps.failed(step, reason));
    }

    #[inline]
    pub(super) fn not_revoked(&self) {
        self.change(|state| state.steps.passed(Step::Revocation));
    }

    #[inline]
    pub(super) fn accepted(&self, token: &Arc<VerifiedToken>, policy: PolicyId) {
        self.change(|state| {
            state.policy = policy;
            // Mostly it is there already, and nothing is counted.
            let verified = match &mut state.verdict {
                Verdict::Undecided(verified) => verified.take(),
                _ => None,
            };
            let token = verified.unwrap_or_else(|| Arc::clone(token));
            state.verdict = Verdict::Accepted { token, asked: None };
        });
    }

    #[inline]
    pub(super) fn granted(&self, scope: &Arc<str>) {
        self.with_state(|state| state.granted(scope));
    }

    pub(super) fn denied(&self, reason: Reason, asked: Asked) {
        self.change(|state| state.denied(reason, asked));
    }

    #[inline]
    pub(super) fn with_state<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        match &mut *self.state.borrow_mut() {
            Place::Own(state) => look(state),
            Place::Shared(shared) => look(&mut shared.lock()),
        }
    }

    /// Whoever changes the verdict enforces it, unless it says otherwise afterwards.
    #[inline]
    fn change(&self, change: impl FnOnce(&mut State)) {
        self.with_state(|state| {
            state.observed_by = None;
            change(state);
        });
    }
}

/// The request's path and headers stay out of other people's logs.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
