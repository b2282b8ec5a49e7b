use std::collections::BTreeMap;

use jwtrail_event::{EventName, Kind, Outcome, Record};
use serde::{Deserialize, Serialize};

use super::top::{Tally, Top};

/// What happened in one minute, the monitor's own requests left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Minute {
    pub(crate) accepted: u64,
    pub(crate) failed: u64,
    pub(crate) refreshed: u64,
    pub(crate) reasons: BTreeMap<String, u64>,
    pub(crate) subjects: Top,
    pub(crate) addresses: Top,
    pub(crate) routes: Top,
    pub(crate) services: Top,
}

impl Minute {
    pub(crate) fn add(&mut self, record: &Record<'_>) {
        if record.event == EventName::TokenRefreshed {
            self.refreshed += 1;
        }
        if record.kind != Kind::Decision {
            return;
        }
        let failed = record.outcome == Outcome::Failure;
        if failed {
            self.failed += 1;
            let reason = record
                .reason
                .map_or("unknown", jwtrail_event::Reason::as_str);
            *self.reasons.entry(reason.to_owned()).or_default() += 1;
        } else {
            self.accepted += 1;
        }
        let tally = Tally {
            count: 1,
            failed: u64::from(failed),
        };
        // A claimed subject is the sender's word and no label.
        if let Some(subject) = &record.token_sub {
            self.subjects.add(subject.as_str(), tally);
        }
        if let Some(address) = &record.client_ip {
            self.addresses.add(address.as_str(), tally);
        }
        if let (Some(method), Some(route)) = (&record.method, &record.route) {
            let name = format!("{} {}", method.as_str(), route.as_str());
            self.routes.add(&name, tally);
        }
        self.services.add(record.service.as_str(), tally);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.failed += other.failed;
        self.refreshed += other.refreshed;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason.clone()).or_default() += count;
        }
        self.subjects.merge(&other.subjects);
        self.addresses.merge(&other.addresses);
        self.routes.merge(&other.routes);
        self.services.merge(&other.services);
    }
}
