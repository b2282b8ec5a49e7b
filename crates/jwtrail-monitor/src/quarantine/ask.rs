use aws_lc_rs::digest;
use jwtrail_detect::AlertId;
use jwtrail_event::quarantine::{Entry, Kind, MAX_SERVICES, Refused, Target};
use jwtrail_event::{CorrelationSource, EventId, SpanId, Timestamp, TraceId};
use jwtrail_store::StoreError;
use serde::Deserialize;

use super::{QuarantinePolicy, is_protected};
use crate::{MonitorError, random};

/// What an operator asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    #[serde(default = "quarantine")]
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    /// For how long, from now on.
    pub(crate) seconds: u64,
    #[serde(default)]
    pub(crate) reason: String,
    /// None: every service.
    #[serde(default)]
    pub(crate) services: Vec<String>,
}

/// Who asks, and the ids of the request.
#[derive(Clone, Debug, serde::Serialize, Deserialize)]
pub(crate) struct By {
    pub(crate) actor: String,
    pub(crate) correlation_id: String,
    pub(crate) incoming: bool,
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    /// The rule, where it is one that asks.
    #[serde(default)]
    pub(crate) rule: Option<String>,
}

impl By {
    /// A rule, because of an alert: the alert's id joins what it does to what it found.
    pub(crate) fn rule(rule: &str, alert: AlertId) -> Self {
        Self {
            actor: format!("rule:{rule}"),
            rule: Some(rule.to_owned()),
            ..Self::nobody(alert.to_string(), alert.as_u128())
        }
    }

    /// Nobody: the entry's time is over.
    pub(super) fn itself(id: EventId) -> Self {
        Self::nobody(id.to_string(), id.as_u128())
    }

    /// The configuration: what it says now makes the id.
    pub(crate) fn configuration(says: &str) -> Self {
        let digest = digest::digest(&digest::SHA256, says.as_bytes());
        let half: [u8; 16] = *digest.as_ref().first_chunk().unwrap_or(&[0; 16]);
        let bits = u128::from_be_bytes(half);
        Self {
            actor: "configuration".to_owned(),
            ..Self::nobody(format!("rules-{bits:032x}"), bits)
        }
    }

    fn nobody(id: String, bits: u128) -> Self {
        let ids = crate::own_audit::correlation(id, bits);
        Self {
            actor: String::new(),
            rule: None,
            correlation_id: ids.id.as_str().to_owned(),
            incoming: ids.source == CorrelationSource::Incoming,
            trace_id: ids.trace_id,
            span_id: ids.span_id,
        }
    }
}

impl Asked {
    /// The entry that would be added.
    pub(super) fn entry(
        self,
        policy: &QuarantinePolicy,
        by: &By,
        now: Timestamp,
    ) -> Result<Entry, Refusal> {
        let most = policy.max_time.as_secs();
        if self.seconds == 0 || self.seconds > most {
            return Err(Refusal::Time { most });
        }
        let target = match self.target {
            Target::Subject { iss, sub, .. }
                if is_protected(&policy.protected_subjects, Some(&iss), &sub) =>
            {
                return Err(Refusal::Protected);
            }
            // Whoever calls: a subject is an operator's to name.
            Target::Subject { .. } if by.rule.is_some() => return Err(Refusal::Subject),
            // Who was revoked can log in again: what is issued from now on is not meant.
            Target::Subject {
                iss,
                sub,
                before: None,
            } if self.kind == Kind::Revocation => Target::Subject {
                iss,
                sub,
                before: Some(now),
            },
            target => target,
        };
        let micros = i64::try_from(self.seconds).unwrap_or(i64::MAX);
        let mut services = self.services;
        services.sort_unstable();
        services.dedup();
        let entry = Entry {
            id: EventId::v7(now, &random::bytes().map_err(|_| Refusal::NoRandomness)?),
            kind: self.kind,
            target,
            actor: by.actor.clone(),
            rule: by.rule.clone(),
            reason: self.reason,
            services,
            since: now,
            until: now.plus_micros(micros.saturating_mul(1_000_000)),
        };
        entry.check()?;
        Ok(entry)
    }
}

/// The entry that is there, as far as it has to reach now: never less than before.
pub(super) fn extended(known: &Entry, wanted: Entry) -> Result<Entry, Refusal> {
    let mut entry = known.clone();
    entry.until = known.until.max(wanted.until);
    entry.target = wider(&known.target, wanted.target);
    // None named means every service.
    if known.services.is_empty() || wanted.services.is_empty() {
        entry.services.clear();
    } else {
        entry.services.extend(wanted.services);
        entry.services.sort_unstable();
        entry.services.dedup();
        if entry.services.len() > MAX_SERVICES {
            return Err(Refusal::Wrong(Refused::TooManyServices {
                count: entry.services.len(),
                limit: MAX_SERVICES,
            }));
        }
    }
    if entry != *known {
        entry.actor = wanted.actor;
        if !wanted.reason.is_empty() {
            entry.reason = wanted.reason;
        }
    }
    Ok(entry)
}

fn wider(known: &Target, wanted: Target) -> Target {
    match (known, wanted) {
        (
            Target::Subject { before, .. },
            Target::Subject {
                iss,
                sub,
                before: other,
            },
        ) => Target::Subject {
            iss,
            sub,
            before: before.zip(other).map(|(one, other)| one.max(other)),
        },
        (_, wanted) => wanted,
    }
}

const fn quarantine() -> Kind {
    Kind::Quarantine
}

/// Why an entry was not added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Wrong(#[from] Refused),
    #[error("`seconds` must be 1 to {most}, which the configuration allows at most")]
    Time { most: u64 },
    #[error("this subject is protected by the configuration; hold its tokens one by one")]
    Protected,
    #[error("a rule holds a token or a family, never a subject")]
    Subject,
    #[error("there are {limit} entries already; release some, or raise the limit")]
    Full { limit: usize },
    #[error("the system gives no random bytes")]
    NoRandomness,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<MonitorError> for Refusal {
    fn from(_: MonitorError) -> Self {
        Self::NoRandomness
    }
}
