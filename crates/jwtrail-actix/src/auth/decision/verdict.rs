use std::sync::Arc;

use jwtrail_event::{Fingerprint, Reason};
use jwtrail_verify::{Rejection, VerifiedToken};

/// Where the decision stands.
#[derive(Debug)]
pub(in crate::auth) enum Verdict {
    /// Nothing is known, but maybe the token.
    Undecided(Option<Arc<VerifiedToken>>),
    /// Its issuer is being asked about the token.
    #[cfg_attr(
        not(feature = "outbound"),
        expect(dead_code, reason = "without a client nobody is asked")
    )]
    Introspecting(Fingerprint),
    Missing {
        optional: bool,
    },
    Malformed,
    /// Nothing was looked at: what would be decided leaves no record.
    Unkept,
    Rejected(Box<Rejection>),
    Limited(Presented),
    /// The token held; a step after the claims said no.
    Refused(Arc<VerifiedToken>, Reason),
    Accepted {
        token: Arc<VerifiedToken>,
        /// What was asked for beyond the token, if anything was.
        asked: Option<Asked>,
    },
    Denied {
        token: Arc<VerifiedToken>,
        asked: Asked,
        reason: Reason,
    },
}

/// What authorization asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::auth) struct Asked {
    /// The same text for each request of a route.
    pub(in crate::auth) required: Option<Arc<str>>,
    pub(in crate::auth) missing: Option<String>,
    pub(in crate::auth) object_type: Option<String>,
}

/// What a request brought that a limit refused.
#[derive(Debug)]
pub(in crate::auth) enum Presented {
    /// Credentials that were none.
    Malformed,
    /// A token that was not tried.
    Untried(Fingerprint),
    /// A token that failed, too.
    Failed(Box<Rejection>),
    /// A token that held, without the proof that it asks for.
    Unproven(Arc<VerifiedToken>),
    /// A good token.
    Good(Arc<VerifiedToken>),
}
