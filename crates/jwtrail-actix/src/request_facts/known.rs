use std::ops::Deref;
use std::rc::Rc;

use actix_web::dev::Extensions;
use actix_web::{HttpMessage as _, HttpRequest};

use super::{RequestFacts, Route};
use crate::auth::Decision;
use crate::client_address::ClientAddresses;

/// The facts of a request that has been routed, the same for everybody who asks.
#[derive(Clone, Debug)]
pub(crate) enum KnownFacts {
    /// A protection has them.
    OfDecision(Rc<Decision>),
    /// Nobody asked before.
    Kept(Rc<RequestFacts>),
}

impl KnownFacts {
    pub(crate) fn of(request: &HttpRequest, addresses: &ClientAddresses) -> Self {
        if let Some(known) = Self::found(&request.extensions()) {
            known.routed(request);
            return known;
        }
        let facts = Rc::new(RequestFacts::of(request, addresses, Route::of(request)));
        let mut extensions = request.extensions_mut();
        // For a protection that still comes.
        extensions.insert(facts.correlation.clone());
        extensions.insert(Extension(Rc::clone(&facts)));
        Self::Kept(facts)
    }

    /// The facts, if somebody asked before.
    pub(crate) fn found(extensions: &Extensions) -> Option<Self> {
        let decision = Decision::of(extensions).map(Self::OfDecision);
        decision.or_else(|| {
            let kept = extensions.get::<Extension>();
            kept.map(|kept| Self::Kept(Rc::clone(&kept.0)))
        })
    }
}

impl Deref for KnownFacts {
    type Target = RequestFacts;

    fn deref(&self) -> &RequestFacts {
        match self {
            Self::OfDecision(decision) => decision.facts(),
            Self::Kept(facts) => facts,
        }
    }
}

struct Extension(Rc<RequestFacts>);
