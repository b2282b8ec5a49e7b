use crate::EventName;

/// A class of OCSF events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    DetectionFinding,
    Authentication,
    AuthorizeSession,
    ApplicationLifecycle,
    ApiActivity,
}

impl Class {
    pub(super) const fn of(event: EventName) -> Self {
        match event {
            EventName::TokenMissing
            | EventName::TokenAccepted
            | EventName::TokenRejected
            | EventName::LoginSucceeded
            | EventName::LoginFailed
            | EventName::TokenRefreshed
            | EventName::RefreshReplayed
            | EventName::RefreshReused
            | EventName::RefreshRefused
            | EventName::TokenRevoked
            | EventName::QuarantineAdded
            | EventName::QuarantineReleased
            | EventName::QuarantineExpired => Self::Authentication,
            EventName::TokenIssued | EventName::IssueRefused => Self::AuthorizeSession,
            EventName::AccessDenied | EventName::RateExceeded => Self::ApiActivity,
            EventName::KeysRefreshed
            | EventName::KeysFailed
            | EventName::ConfigUnsafe
            | EventName::AuditDropped
            | EventName::Heartbeat
            | EventName::LimitsDegraded
            | EventName::ProxySuspected
            | EventName::RulesChanged
            | EventName::OutputChanged
            | EventName::SubjectErased => Self::ApplicationLifecycle,
            EventName::AlertRaised => Self::DetectionFinding,
        }
    }

    pub(super) const fn uid(self) -> u64 {
        match self {
            Self::DetectionFinding => 2004,
            Self::Authentication => 3002,
            Self::AuthorizeSession => 3003,
            Self::ApplicationLifecycle => 6002,
            Self::ApiActivity => 6003,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DetectionFinding => "Detection Finding",
            Self::Authentication => "Authentication",
            Self::AuthorizeSession => "Authorize Session",
            Self::ApplicationLifecycle => "Application Lifecycle",
            Self::ApiActivity => "API Activity",
        }
    }

    /// The class's activity that an event is.
    pub(super) const fn activity(self, event: EventName) -> u64 {
        match (self, event) {
            // Create, and Assign Privileges.
            (Self::DetectionFinding | Self::AuthorizeSession, _) => 1,
            // Logon.
            (
                _,
                EventName::TokenMissing
                | EventName::TokenAccepted
                | EventName::TokenRejected
                | EventName::LoginSucceeded
                | EventName::LoginFailed,
            ) => 1,
            // Logoff.
            (_, EventName::TokenRevoked) => 2,
            _ => super::OTHER,
        }
    }

    /// The profiles whose fields an event uses, those of access control or not.
    pub(super) const fn profiles(self, controlled: bool) -> &'static [&'static str] {
        match (self, controlled) {
            (Self::ApiActivity, true) => &["datetime", "security_control", "trace"],
            (Self::ApiActivity, false) => &["datetime", "trace"],
            (_, true) => &["datetime", "security_control"],
            (_, false) => &["datetime"],
        }
    }

    /// What the class demands and a record may not have: a place, and a member that makes it be
    /// there.
    pub(super) const fn demands(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::DetectionFinding => &[
                ("finding_info.uid", "finding_info.uid"),
                ("finding_info.analytic.name", "finding_info.analytic.name"),
            ],
            Self::Authentication | Self::AuthorizeSession => &[("user", "user.name")],
            Self::ApplicationLifecycle => &[],
            Self::ApiActivity => &[
                ("actor", "actor.user.name"),
                ("src_endpoint", "src_endpoint.name"),
                ("api.operation", "api.operation"),
            ],
        }
    }

    /// Whether a request causes its events, so that they have a place for the request.
    pub(super) const fn of_requests(self) -> bool {
        matches!(
            self,
            Self::Authentication | Self::AuthorizeSession | Self::ApiActivity
        )
    }
}
