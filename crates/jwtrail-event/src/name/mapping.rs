use crate::{EventName, Reason, Record};

impl EventName {
    /// The name as an OpenTelemetry `EventName`: the same, behind `jwtrail.`.
    #[must_use]
    pub const fn otel_name(self) -> &'static str {
        match self {
            Self::TokenMissing => "jwtrail.token.missing",
            Self::TokenAccepted => "jwtrail.token.accepted",
            Self::TokenRejected => "jwtrail.token.rejected",
            Self::AccessDenied => "jwtrail.access.denied",
            Self::RateExceeded => "jwtrail.rate.exceeded",
            Self::LoginSucceeded => "jwtrail.login.succeeded",
            Self::LoginFailed => "jwtrail.login.failed",
            Self::TokenIssued => "jwtrail.token.issued",
            Self::IssueRefused => "jwtrail.issue.refused",
            Self::TokenRefreshed => "jwtrail.token.refreshed",
            Self::RefreshReplayed => "jwtrail.refresh.replayed",
            Self::RefreshReused => "jwtrail.refresh.reused",
            Self::RefreshRefused => "jwtrail.refresh.refused",
            Self::TokenRevoked => "jwtrail.token.revoked",
            Self::QuarantineAdded => "jwtrail.quarantine.added",
            Self::QuarantineReleased => "jwtrail.quarantine.released",
            Self::QuarantineExpired => "jwtrail.quarantine.expired",
            Self::KeysRefreshed => "jwtrail.keys.refreshed",
            Self::KeysFailed => "jwtrail.keys.failed",
            Self::ConfigUnsafe => "jwtrail.config.unsafe",
            Self::AuditDropped => "jwtrail.audit.dropped",
            Self::Heartbeat => "jwtrail.heartbeat",
            Self::LimitsDegraded => "jwtrail.limits.degraded",
            Self::ProxySuspected => "jwtrail.proxy.suspected",
            Self::RulesChanged => "jwtrail.rules.changed",
            Self::OutputChanged => "jwtrail.output.changed",
            Self::AlertRaised => "jwtrail.alert.raised",
            Self::SubjectErased => "jwtrail.subject.erased",
        }
    }

    /// The event in OWASP's logging vocabulary.
    ///
    /// None for what the vocabulary has no word for: most events about jwtrail itself, and
    /// quarantine. [`Record::owasp`] also looks at the reason.
    #[must_use]
    pub const fn owasp(self) -> Option<&'static str> {
        Some(match self {
            Self::TokenMissing | Self::TokenRejected | Self::LoginFailed | Self::RefreshRefused => {
                "authn_login_fail"
            }
            Self::TokenAccepted | Self::LoginSucceeded => "authn_login_success",
            Self::AccessDenied => "authz_fail",
            Self::RateExceeded => "excess_rate_limit_exceeded",
            Self::TokenIssued | Self::IssueRefused => "authn_token_created",
            Self::TokenRefreshed | Self::RefreshReplayed => "session_renewed",
            Self::RefreshReused => "authn_token_reuse",
            Self::TokenRevoked => "authn_token_revoked",
            Self::AuditDropped => "sys_monitor_disabled",
            Self::QuarantineAdded
            | Self::QuarantineReleased
            | Self::QuarantineExpired
            | Self::KeysRefreshed
            | Self::KeysFailed
            | Self::ConfigUnsafe
            | Self::Heartbeat
            | Self::LimitsDegraded
            | Self::ProxySuspected
            | Self::RulesChanged
            | Self::OutputChanged
            | Self::AlertRaised
            | Self::SubjectErased => return None,
        })
    }
}

impl Record<'_> {
    /// The record in OWASP's logging vocabulary: the event's word, but for an expired token.
    #[must_use]
    pub fn owasp(&self) -> Option<&'static str> {
        match (self.event, self.reason) {
            (EventName::TokenRejected, Some(Reason::Expired)) => Some("session_use_after_expire"),
            (event, _) => event.owasp(),
        }
    }
}
