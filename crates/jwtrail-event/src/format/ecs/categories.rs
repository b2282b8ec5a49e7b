use crate::EventName;

/// What kind of thing an event is about. Each category expects one of the event's types.
pub(super) const fn categories(event: EventName) -> &'static [&'static str] {
    match event {
        EventName::TokenMissing
        | EventName::TokenAccepted
        | EventName::LoginSucceeded
        | EventName::LoginFailed => &["authentication"],
        EventName::TokenRejected => &["authentication", "api"],
        EventName::AccessDenied | EventName::RateExceeded => &["api", "web"],
        EventName::TokenIssued => &["iam", "session"],
        EventName::IssueRefused => &["iam"],
        EventName::TokenRefreshed | EventName::RefreshReplayed | EventName::TokenRevoked => {
            &["session"]
        }
        EventName::RefreshReused => &["session", "threat"],
        EventName::RefreshRefused => &["session", "api"],
        EventName::QuarantineAdded
        | EventName::QuarantineReleased
        | EventName::QuarantineExpired => &["session", "iam"],
        EventName::KeysRefreshed
        | EventName::KeysFailed
        | EventName::ConfigUnsafe
        | EventName::LimitsDegraded
        | EventName::ProxySuspected
        | EventName::RulesChanged
        | EventName::OutputChanged
        | EventName::SubjectErased => &["configuration"],
        EventName::AuditDropped | EventName::Heartbeat => &["process"],
        EventName::AlertRaised => &["intrusion_detection"],
    }
}

/// What became of it.
pub(super) const fn types(event: EventName) -> &'static [&'static str] {
    match event {
        EventName::TokenMissing
        | EventName::TokenAccepted
        | EventName::LoginSucceeded
        | EventName::LoginFailed => &["start"],
        EventName::TokenRejected => &["start", "denied"],
        EventName::AccessDenied | EventName::RateExceeded => &["access", "denied"],
        EventName::TokenIssued => &["creation", "start"],
        EventName::TokenRevoked => &["end"],
        EventName::RefreshReused => &["info", "indicator"],
        EventName::RefreshRefused => &["info", "denied"],
        EventName::QuarantineAdded
        | EventName::QuarantineReleased
        | EventName::QuarantineExpired => &["info", "change"],
        EventName::KeysRefreshed
        | EventName::RulesChanged
        | EventName::OutputChanged
        | EventName::SubjectErased => &["change"],
        EventName::IssueRefused
        | EventName::TokenRefreshed
        | EventName::RefreshReplayed
        | EventName::KeysFailed
        | EventName::ConfigUnsafe
        | EventName::AuditDropped
        | EventName::Heartbeat
        | EventName::LimitsDegraded
        | EventName::ProxySuspected
        | EventName::AlertRaised => &["info"],
    }
}
