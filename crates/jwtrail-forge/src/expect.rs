use jwtrail_event::{EventName, Outcome, Reason, Trust};

/// What a service that writes our schema must answer and record.
///
/// ```
/// use jwtrail_event::EventName;
/// use jwtrail_forge::find;
///
/// let expect = find("SCP-01/none").unwrap().expect;
/// assert_eq!((expect.status, expect.event), (Some(403), EventName::AccessDenied));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expect {
    /// The status; `None` when the client is gone before one is sent. For an accepted token,
    /// 200 stands for what the handler answers.
    pub status: Option<u16>,
    /// The error code in `WWW-Authenticate` (RFC 6750 section 3.1, RFC 9449 section 7.1), if one is due.
    pub error: Option<&'static str>,
    /// The event of the one record.
    pub event: EventName,
    /// The record's reason; none when the token must be accepted.
    pub reason: Option<Reason>,
    /// How far the record may believe the claims.
    pub trust: Trust,
}

impl Expect {
    /// The record's outcome.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self.reason {
            Some(_) => Outcome::Failure,
            None => Outcome::Success,
        }
    }

    /// Whether the answer must carry `WWW-Authenticate`: `DPoP` to a request that used that
    /// scheme, else `Bearer`.
    #[must_use]
    pub const fn challenge(&self) -> bool {
        let protected = matches!(
            self.event,
            EventName::TokenMissing | EventName::TokenRejected | EventName::AccessDenied
        );
        protected && matches!(self.status, Some(400 | 401 | 403))
    }

    /// The token holds.
    pub(crate) const fn accepted() -> Self {
        Self {
            status: Some(200),
            error: None,
            event: EventName::TokenAccepted,
            reason: None,
            trust: Trust::Verified,
        }
    }

    /// No credentials, or another scheme: 401 without an error code.
    pub(crate) const fn missing() -> Self {
        Self {
            status: Some(401),
            error: None,
            event: EventName::TokenMissing,
            reason: Some(Reason::Missing),
            trust: Trust::None,
        }
    }

    /// A malformed header, or two ways at once: 400.
    pub(crate) const fn malformed_header() -> Self {
        Self {
            status: Some(400),
            error: Some("invalid_request"),
            event: EventName::TokenRejected,
            reason: Some(Reason::MalformedHeader),
            trust: Trust::None,
        }
    }

    /// A bad token whose signature does not hold or is not reached: 401.
    pub(crate) const fn untrusted(reason: Reason) -> Self {
        Self {
            status: Some(401),
            error: Some("invalid_token"),
            event: EventName::TokenRejected,
            reason: Some(reason),
            trust: Trust::None,
        }
    }

    /// A token whose signature cannot be checked, for want of the issuer's keys: 503.
    pub(crate) const fn key_unavailable() -> Self {
        Self {
            status: Some(503),
            error: None,
            event: EventName::TokenRejected,
            reason: Some(Reason::KeyUnavailable),
            trust: Trust::None,
        }
    }

    /// A bad token whose signature holds: 401.
    pub(crate) const fn signed(reason: Reason) -> Self {
        let mut expect = Self::untrusted(reason);
        expect.trust = Trust::Signed;
        expect
    }

    /// A bad proof of possession, with a token whose signature holds: 401 (RFC 9449 section
    /// 7.1).
    pub(crate) const fn unproven(reason: Reason, error: &'static str) -> Self {
        let mut expect = Self::signed(reason);
        expect.error = Some(error);
        expect
    }

    /// A good token without the scope: 403.
    pub(crate) const fn insufficient_scope() -> Self {
        Self {
            status: Some(403),
            error: Some("insufficient_scope"),
            event: EventName::AccessDenied,
            reason: Some(Reason::InsufficientScope),
            trust: Trust::Verified,
        }
    }

    /// A good token for an object that it may not have: 403, and no scope would help.
    pub(crate) const fn policy_denied() -> Self {
        let mut expect = Self::insufficient_scope();
        expect.reason = Some(Reason::PolicyDenied);
        expect
    }

    /// A good token over a limit: 429.
    pub(crate) const fn rate_limited() -> Self {
        Self {
            status: Some(429),
            error: None,
            event: EventName::RateExceeded,
            reason: Some(Reason::RateLimited),
            trust: Trust::Verified,
        }
    }

    /// A lifecycle event of failure, with the status of its endpoint.
    pub(crate) const fn lifecycle(
        status: u16,
        event: EventName,
        reason: Reason,
        trust: Trust,
    ) -> Self {
        Self {
            status: Some(status),
            error: None,
            event,
            reason: Some(reason),
            trust,
        }
    }

    /// A decision on a signed token that was not the token's fault.
    pub(crate) const fn not_decided(status: Option<u16>, reason: Reason) -> Self {
        Self {
            status,
            error: None,
            event: EventName::TokenRejected,
            reason: Some(reason),
            trust: Trust::Signed,
        }
    }
}
