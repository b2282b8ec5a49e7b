use jwtrail_event::{EventName, Reason, Trust};

use super::address::Address;
use super::catalogue::{HOME_ISSUER, NO_ORIGIN, NO_SCOPE, route};
use super::cause::Cause;

/// A record before it has its texts: small, so that many can wait for their time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    /// When it happens, microseconds.
    pub(super) time: i64,
    pub(super) cause: Cause,
    pub(super) event: EventName,
    pub(super) reason: Option<Reason>,
    pub(super) trust: Trust,
    pub(super) route: u8,
    /// The instance that has to write it; any of the service where none is named.
    pub(super) pinned: Option<u8>,
    pub(super) credential: Credential,
    pub(super) source: Source,
    /// Joins the records of one request; 0 for a trace of its own.
    pub(super) trace: u64,
    pub(super) internal: bool,
    pub(super) missing: u8,
    pub(super) denied_object: bool,
    pub(super) detail: Detail,
    /// What the truth has to say of it.
    pub(super) part: Part,
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Credential {
    /// The subject's number; 0 for none.
    pub(super) who: u32,
    pub(super) issuer: u8,
    /// The access token's number; 0 for none.
    pub(super) token: u64,
    pub(super) previous: u64,
    /// The refresh family's number; 0 for none.
    pub(super) family: u64,
    pub(super) generation: u32,
    /// Seconds since the epoch.
    pub(super) issued: i64,
    pub(super) lifetime: u32,
    pub(super) client: u16,
    pub(super) granted: u32,
}

impl Credential {
    pub(super) const fn expires(&self) -> i64 {
        self.issued + self.lifetime as i64
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    pub(super) address: Address,
    pub(super) agent: u16,
    pub(super) origin: u16,
}

impl Source {
    pub(super) const fn new(address: Address, agent: u16) -> Self {
        Self {
            address,
            agent,
            origin: NO_ORIGIN,
        }
    }
}

/// What only some events have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Detail {
    #[default]
    None,
    /// A key set of this issuer.
    Keys(u8),
    /// A sink lost so many.
    Dropped(u32),
    Heartbeat {
        last: bool,
    },
    Changed {
        actor: &'static str,
        rule: &'static str,
        target: &'static str,
    },
    /// No record: the instance stops without a word, for so many seconds.
    Silence {
        seconds: u32,
        /// Whether it is another boot that comes back.
        killed: bool,
    },
    /// No record: so many records of the instance vanish.
    Vanish(u32),
}

/// A draft's part in an attack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// None, or what comes after the decision.
    #[default]
    Aside,
    /// One more of those that decide: it takes the place of one that comes too late.
    Further,
    /// Needed for the decision.
    Leading,
    /// The event that decides.
    Decisive,
}

impl Draft {
    pub(super) fn new(time: i64, event: EventName, route: u8, cause: Cause) -> Self {
        Self {
            time,
            cause,
            event,
            reason: None,
            trust: Trust::None,
            route,
            pinned: None,
            credential: Credential::default(),
            source: Source::default(),
            trace: 0,
            internal: false,
            missing: NO_SCOPE,
            denied_object: false,
            detail: Detail::None,
            part: Part::Aside,
        }
    }

    /// A verified token was let in.
    pub(super) fn accepted(at: At, route: u8, credential: &Credential, source: Source) -> Self {
        Self {
            trust: Trust::Verified,
            credential: *credential,
            source,
            ..Self::new(at.time, EventName::TokenAccepted, route, at.cause)
        }
    }

    /// A token was refused: signed or not, as the reason has it.
    pub(super) fn rejected(
        at: At,
        route: u8,
        credential: &Credential,
        source: Source,
        reason: Reason,
    ) -> Self {
        Self {
            trust: trust_of(reason),
            reason: Some(reason),
            credential: *credential,
            source,
            ..Self::new(at.time, EventName::TokenRejected, route, at.cause)
        }
    }

    /// A scope was missing.
    pub(super) fn lacking(at: At, credential: &Credential, source: Source, scope: u8) -> Self {
        Self {
            event: EventName::AccessDenied,
            reason: Some(Reason::InsufficientScope),
            missing: scope,
            ..Self::accepted(at, super::catalogue::REPORT, credential, source)
        }
    }

    /// Policy said no to an object.
    pub(super) fn denied(at: At, number: u8, credential: &Credential, source: Source) -> Self {
        Self {
            event: EventName::AccessDenied,
            reason: Some(Reason::PolicyDenied),
            denied_object: !route(number).object.is_empty(),
            ..Self::accepted(at, number, credential, source)
        }
    }

    /// A lifecycle event of a token that we made.
    pub(super) fn minted(
        at: At,
        event: EventName,
        number: u8,
        credential: &Credential,
        source: Source,
    ) -> Self {
        Self {
            event,
            ..Self::accepted(at, number, credential, source)
        }
    }

    /// A login failed for this name.
    pub(super) fn failed_login(at: At, number: u8, who: u32, source: Source) -> Self {
        Self {
            reason: Some(Reason::BadCredentials),
            credential: Credential {
                who,
                ..Credential::default()
            },
            source,
            ..Self::new(at.time, EventName::LoginFailed, number, at.cause)
        }
    }

    /// A refresh was refused; only a token that we know tells whose it is.
    pub(super) fn refused(
        at: At,
        credential: Option<&Credential>,
        source: Source,
        reason: Reason,
    ) -> Self {
        Self {
            reason: Some(reason),
            trust: credential.map_or(Trust::None, |_| Trust::Signed),
            credential: credential.copied().unwrap_or_default(),
            source,
            ..Self::new(
                at.time,
                EventName::RefreshRefused,
                super::catalogue::REFRESH,
                at.cause,
            )
        }
    }

    /// No credentials came.
    pub(super) fn missing(at: At, number: u8, source: Source) -> Self {
        Self {
            reason: Some(Reason::Missing),
            source,
            ..Self::new(at.time, EventName::TokenMissing, number, at.cause)
        }
    }

    /// Something about the fleet itself.
    pub(super) fn system(at: At, event: EventName, number: u8, detail: Detail) -> Self {
        Self {
            detail,
            reason: match event {
                EventName::KeysFailed => Some(Reason::KeyUnavailable),
                EventName::AuditDropped => Some(Reason::BackendUnavailable),
                _ => None,
            },
            credential: Credential {
                issuer: HOME_ISSUER,
                ..Credential::default()
            },
            ..Self::new(at.time, event, number, at.cause)
        }
    }
}

/// When, and as part of what.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) time: i64,
    pub(super) cause: Cause,
}

/// How far a rejected token can be believed.
const fn trust_of(reason: Reason) -> Trust {
    match reason {
        Reason::Expired
        | Reason::NotYetValid
        | Reason::IssuedInFuture
        | Reason::LifetimeTooLong
        | Reason::MissingClaim
        | Reason::BadClaimType
        | Reason::BadIssuer
        | Reason::BadAudience
        | Reason::WrongType
        | Reason::Revoked
        | Reason::Quarantined
        | Reason::ProofInvalid
        | Reason::ProofReplayed
        | Reason::ProofNonceRequired => Trust::Signed,
        _ => Trust::None,
    }
}
