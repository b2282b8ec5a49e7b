mod mapping;

use crate::closed_set::closed_set;

closed_set! {
    /// What happened.
    ///
    /// ```
    /// use jwtrail_event::{EventName, Kind};
    /// assert_eq!(EventName::RefreshReused.as_str(), "refresh.reused");
    /// assert_eq!(EventName::RefreshReused.kind(), Kind::Lifecycle);
    /// ```
    pub enum EventName {
        /// No credentials, or another scheme than Bearer.
        TokenMissing = "token.missing",
        /// Every step passed.
        TokenAccepted = "token.accepted",
        /// A token step failed; the reason says which.
        TokenRejected = "token.rejected",
        /// The token held; scope or policy said no.
        AccessDenied = "access.denied",
        /// A limit refused the request.
        RateExceeded = "rate.exceeded",
        /// The service's login succeeded.
        LoginSucceeded = "login.succeeded",
        /// The service's login failed.
        LoginFailed = "login.failed",
        /// A token was minted.
        TokenIssued = "token.issued",
        /// A token was not minted.
        IssueRefused = "issue.refused",
        /// A refresh token was rotated.
        TokenRefreshed = "token.refreshed",
        /// The previous generation came again inside the grace window.
        RefreshReplayed = "refresh.replayed",
        /// An older generation came again: the family is revoked.
        RefreshReused = "refresh.reused",
        /// A refresh token was unknown, malformed, revoked or another client's.
        RefreshRefused = "refresh.refused",
        /// A token, a family or a subject was revoked.
        TokenRevoked = "token.revoked",
        /// A token or family was quarantined.
        QuarantineAdded = "quarantine.added",
        /// A quarantine was lifted.
        QuarantineReleased = "quarantine.released",
        /// A quarantine reached its end.
        QuarantineExpired = "quarantine.expired",
        /// A key set was fetched.
        KeysRefreshed = "keys.refreshed",
        /// A key set could not be fetched.
        KeysFailed = "keys.failed",
        /// A `dangerous_` option is in force.
        ConfigUnsafe = "config.unsafe",
        /// A sink lost records.
        AuditDropped = "audit.dropped",
        /// An instance is alive; every 10 s.
        Heartbeat = "heartbeat",
        /// Shared limits fell back to local ones.
        LimitsDegraded = "limits.degraded",
        /// One address sends above half of the traffic.
        ProxySuspected = "proxy.suspected",
        /// The rule set changed.
        RulesChanged = "rules.changed",
        /// An alert output changed.
        OutputChanged = "output.changed",
        /// An alert was raised.
        AlertRaised = "alert.raised",
        /// A subject was erased from the monitor's data.
        SubjectErased = "subject.erased",
    }
}

closed_set! {
    /// What an event is about.
    ///
    /// ```
    /// use jwtrail_event::{EventName, Kind};
    /// assert_eq!(EventName::TokenMissing.kind(), Kind::Decision);
    /// ```
    pub enum Kind {
        /// One request on a protected route; always exactly one.
        Decision = "decision",
        /// Something happened to a token or a login.
        Lifecycle = "lifecycle",
        /// About jwtrail itself.
        System = "system",
    }
}

impl EventName {
    /// The kind that this event belongs to.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::TokenMissing
            | Self::TokenAccepted
            | Self::TokenRejected
            | Self::AccessDenied
            | Self::RateExceeded => Kind::Decision,
            Self::LoginSucceeded
            | Self::LoginFailed
            | Self::TokenIssued
            | Self::IssueRefused
            | Self::TokenRefreshed
            | Self::RefreshReplayed
            | Self::RefreshReused
            | Self::RefreshRefused
            | Self::TokenRevoked
            | Self::QuarantineAdded
            | Self::QuarantineReleased
            | Self::QuarantineExpired => Kind::Lifecycle,
            Self::KeysRefreshed
            | Self::KeysFailed
            | Self::ConfigUnsafe
            | Self::AuditDropped
            | Self::Heartbeat
            | Self::LimitsDegraded
            | Self::ProxySuspected
            | Self::RulesChanged
            | Self::OutputChanged
            | Self::AlertRaised
            | Self::SubjectErased => Kind::System,
        }
    }

    /// Whether a request caused the event, so that it carries the request's fields.
    #[must_use]
    pub const fn caused_by_request(self) -> bool {
        matches!(
            self,
            Self::TokenMissing
                | Self::TokenAccepted
                | Self::TokenRejected
                | Self::AccessDenied
                | Self::RateExceeded
                | Self::LoginSucceeded
                | Self::LoginFailed
                | Self::TokenIssued
                | Self::IssueRefused
                | Self::TokenRefreshed
                | Self::RefreshReplayed
                | Self::RefreshReused
                | Self::RefreshRefused
        )
    }

    /// The severity number of OpenTelemetry's log data model.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::Heartbeat => 1,
            Self::TokenMissing
            | Self::TokenAccepted
            | Self::LoginSucceeded
            | Self::TokenIssued
            | Self::TokenRefreshed
            | Self::TokenRevoked
            | Self::QuarantineReleased
            | Self::QuarantineExpired
            | Self::KeysRefreshed
            | Self::RulesChanged
            | Self::SubjectErased => 9,
            Self::TokenRejected
            | Self::AccessDenied
            | Self::RateExceeded
            | Self::LoginFailed
            | Self::IssueRefused
            | Self::RefreshReplayed
            | Self::RefreshRefused
            | Self::ConfigUnsafe
            | Self::LimitsDegraded
            | Self::ProxySuspected
            | Self::OutputChanged => 13,
            Self::RefreshReused
            | Self::QuarantineAdded
            | Self::KeysFailed
            | Self::AuditDropped
            | Self::AlertRaised => 17,
        }
    }
}
