use jwtrail_event::{EventId, Reason, Timestamp};
use serde::{Deserialize, Serialize};

use super::WINDOW;
use super::service::Hit;
use crate::hash::Hash;
use crate::{
    Alert, AlertChange, AlertId, AlertStatus, EvidenceItem, Key, KeyClass, Observation, Response,
    Severity,
};

/// The alert of a service that goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Surge {
    service: String,
    reason: Reason,
    /// The first window, as it was when it was raised.
    begin: i64,
    /// The latest window, and the events of those before it.
    window: i64,
    before: u64,
    count: u64,
    first: i64,
    last: i64,
    #[serde(with = "postcard::fixint::le")]
    decisive: u128,
    position: u64,
    producer: String,
    raised: bool,
}

impl Surge {
    pub(super) fn new(service: &str, hit: Hit, observation: &Observation<'_>) -> Self {
        let time = observation.record.time.as_millis();
        Self {
            service: service.to_owned(),
            reason: hit.reason,
            begin: hit.window,
            window: hit.window,
            before: 0,
            count: 0,
            first: time,
            last: time,
            decisive: observation.record.event_id.as_u128(),
            position: observation.position,
            producer: observation.producer.to_owned(),
            raised: false,
        }
    }

    /// One more event of it, with how many its window has. It is told once for each window.
    pub(super) fn note(
        &mut self,
        hit: Hit,
        of_window: u64,
        observation: &Observation<'_>,
        changes: &mut Vec<AlertChange>,
    ) {
        let time = observation.record.time.as_millis();
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        let next = hit.window > self.window;
        if next {
            self.before = self.count;
            self.window = hit.window;
        }
        if hit.window == self.window {
            self.count = self.before + of_window;
        }
        if !self.raised {
            self.raised = true;
            changes.push(AlertChange::Raised(self.alert(AlertStatus::Open)));
        } else if next {
            changes.push(AlertChange::Updated(self.alert(AlertStatus::Open)));
        }
    }

    pub(super) fn resolved(&self) -> Alert {
        self.alert(AlertStatus::Resolved)
    }

    fn alert(&self, status: AlertStatus) -> Alert {
        let reason = self.reason.as_str();
        let id = id(&self.service, self.reason, self.begin);
        Alert {
            id,
            settled_id: (status == AlertStatus::Resolved).then_some(id),
            rule: "reason-surge".to_owned(),
            rule_version: String::new(),
            title: "One reason refuses a great part of a service's clients".to_owned(),
            description: format!(
                "More than a fifth of the addresses that were active within five minutes, and at \
                 least 20, were refused as {reason}: an issuer, a key or a release more likely \
                 than so many attackers. Alerts that rest on that alone are part of this one."
            ),
            severity: Severity::High,
            status,
            key_class: KeyClass::Service,
            key: Key {
                display: format!("{}, {reason}", self.service),
                service: Some(self.service.clone()),
                per: Some(reason.to_owned()),
                ..Key::default()
            },
            first_time: Timestamp::from_millis(self.first),
            last_time: Timestamp::from_millis(self.last),
            raised_at: Timestamp::from_millis(self.begin * WINDOW),
            count: self.count,
            decisive_event_id: EventId::from_u128(self.decisive).to_string(),
            evidence: vec![EvidenceItem::new(self.position, self.decisive, self.first)],
            services: vec![self.service.clone()],
            producer: self.producer.clone(),
            response: Response::Alert,
            part_of: None,
            witnesses: None,
        }
    }
}

/// The id of a service's alert: the same whenever the same windows are.
pub(super) fn id(service: &str, reason: Reason, begin: i64) -> AlertId {
    let hash = Hash::new("surge")
        .part(service)
        .part(reason.as_str())
        .bytes(&begin.to_le_bytes());
    AlertId::from_u128(hash.finish())
}
