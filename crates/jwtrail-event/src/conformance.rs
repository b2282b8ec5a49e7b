use std::fmt;

use crate::{EventName, Kind, Outcome, Record, Text, Trust};

impl Record<'_> {
    /// What the schema demands of this record and does not find: fields that must be there and
    /// are not, or that may not be there and are. Empty for every record that jwtrail writes.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut check = Check { found: Vec::new() };
        self.check_always(&mut check);
        self.check_decision(&mut check);
        self.check_request(&mut check);
        self.check_trust(&mut check);
        self.check_refresh(&mut check);
        self.check_named(&mut check);
        check.found
    }

    fn check_always(&self, check: &mut Check) {
        check.needs("service", !self.service.as_str().is_empty());
        check.needs("service_version", !self.service_version.as_str().is_empty());
        check.needs("instance", !self.instance.as_str().is_empty());
        check.needs("boot_id", !self.boot_id.as_str().is_empty());
        check.needs("correlation_id", !self.correlation_id.as_str().is_empty());
        check.needs("event_id", self.event_id.as_u128() != 0);
        match self.outcome {
            Outcome::Failure => check.needs("reason", self.reason.is_some()),
            Outcome::Success => check.forbids("reason", self.reason.is_some()),
        }
    }

    fn check_decision(&self, check: &mut Check) {
        let decision = self.kind == Kind::Decision;
        let responded = self.exit == Some(crate::Exit::Responded);
        if decision {
            check.needs("steps", self.steps.is_some());
            check.needs("exit", self.exit.is_some());
            check.needs("enforced", self.enforced.is_some());
            check.needs("duration_us", self.duration_us.is_some());
            check.needs("cache", self.cache.is_some());
            check.needs("status", self.status.is_some() || !responded);
            check.forbids("status", self.status.is_some() && !responded);
        } else {
            check.forbids("steps", self.steps.is_some());
            check.forbids("exit", self.exit.is_some());
            check.forbids("status", self.status.is_some());
            check.forbids("enforced", self.enforced.is_some());
            check.forbids("duration_us", self.duration_us.is_some());
            check.forbids("cache", self.cache.is_some());
        }
        if self.event == EventName::AccessDenied {
            check.needs("authz", self.authz.is_some());
        }
    }

    fn check_request(&self, check: &mut Check) {
        if self.event.caused_by_request() {
            check.needs("client_ip", self.client_ip.is_some());
            check.needs("peer_ip", self.peer_ip.is_some());
            check.needs("hop", self.hop.is_some());
            check.needs("method", self.method.is_some());
            check.needs("route", self.route.is_some());
        }
    }

    fn check_trust(&self, check: &mut Check) {
        let misplaced = match self.event {
            EventName::TokenAccepted | EventName::AccessDenied => self.trust != Trust::Verified,
            EventName::TokenMissing => self.trust != Trust::None,
            _ => false,
        };
        check.forbids("trust", misplaced);
        if self.trust == Trust::None {
            for (field, there) in self.issuers_word() {
                check.forbids(field, there);
            }
            return;
        }
        let claimed: [(&'static str, Option<&Text<'_>>); 3] = [
            ("claimed_jti", self.claimed_jti.as_ref()),
            ("claimed_sub", self.claimed_sub.as_ref()),
            ("claimed_iss", self.claimed_iss.as_ref()),
        ];
        for (field, value) in claimed {
            check.forbids(field, value.is_some());
        }
    }

    /// What only the issuer can say, and whether it is there.
    fn issuers_word(&self) -> [(&'static str, bool); 9] {
        [
            ("token_jti", self.token_jti.is_some()),
            ("token_sub", self.token_sub.is_some()),
            ("token_iss", self.token_iss.is_some()),
            ("client_id", self.client_id.is_some()),
            ("token_scope", self.token_scope.is_some()),
            ("scope_class", self.scope_class.is_some()),
            ("token_aud", self.token_aud.is_some()),
            ("token_exp", self.token_exp.is_some()),
            ("token_iat", self.token_iat.is_some()),
        ]
    }

    fn check_refresh(&self, check: &mut Check) {
        let rotated = matches!(
            self.event,
            EventName::TokenRefreshed | EventName::RefreshReplayed | EventName::RefreshReused
        );
        check.needs("refresh_family", !rotated || self.refresh_family.is_some());
        check.needs(
            "refresh_generation",
            !rotated || self.refresh_generation.is_some(),
        );
    }

    /// The fields that only some events have, and must.
    fn check_named(&self, check: &mut Check) {
        match self.event {
            EventName::KeysRefreshed | EventName::KeysFailed => {
                check.needs("issuer", self.issuer.is_some());
            }
            EventName::ConfigUnsafe => check.needs("option", self.option.is_some()),
            EventName::AuditDropped => {
                check.needs("sink", self.sink.is_some());
                check.needs("dropped_count", self.dropped_count.is_some());
                check.needs("dropped_kind", self.dropped_kind.is_some());
            }
            EventName::Heartbeat => {
                check.needs("last_seq", self.last_seq.is_some());
                check.needs("counts", self.counts.is_some());
                check.needs("final", self.r#final.is_some());
            }
            EventName::QuarantineAdded
            | EventName::QuarantineReleased
            | EventName::QuarantineExpired
            | EventName::TokenRevoked
            | EventName::OutputChanged
            | EventName::SubjectErased => check.needs("target", self.target.is_some()),
            EventName::RulesChanged | EventName::AlertRaised => {
                check.needs("rule", self.rule.is_some());
            }
            _ => {}
        }
    }
}

/// One way in which a record does not follow the schema.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Record, Timestamp, Violation};
///
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let record = Record::new(EventName::ConfigUnsafe, Outcome::Success, now);
/// assert!(record.violations().contains(&Violation::Missing("option")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a field is missing or misplaced")]
pub enum Violation {
    /// A field that must be there is not.
    Missing(&'static str),
    /// A field that may not be there is, or says what this event cannot.
    Misplaced(&'static str),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "`{field}` is missing"),
            Self::Misplaced(field) => {
                write!(f, "`{field}` may not stand in this record as it does")
            }
        }
    }
}

struct Check {
    found: Vec<Violation>,
}

impl Check {
    fn needs(&mut self, field: &'static str, there: bool) {
        if !there {
            self.found.push(Violation::Missing(field));
        }
    }

    fn forbids(&mut self, field: &'static str, there: bool) {
        if there {
            self.found.push(Violation::Misplaced(field));
        }
    }
}
