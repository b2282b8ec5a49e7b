mod crowd;
mod service;
mod surge;

use std::collections::BTreeMap;

use jwtrail_event::{Reason, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Alert, AlertChange, AlertId, KeyClass, Observation, Severity};
use service::Service;
pub(crate) use service::bucket;
use surge::Surge;

/// One alert of a service in the place of many of its keys, where one reason hits a great part of
/// the service's active addresses: an issuer that is out is not ten thousand attacks.
///
/// It is a fold over the log like the [`Engine`](crate::Engine), and stands after it. Windows are
/// five minutes of event time. A reason is a surge of a service in a window where at least 20
/// addresses, and more than a fifth of those that sent anything in it or in the one before,
/// whichever were more, were refused for it. An alert
/// about a token, a subject, an address or a family, all of whose events were refused by that
/// service for that reason, and the decisive one in such a window, is part of the service's alert:
/// [`Alert::part_of`]. An alert that rests on anything else stays one of its own, and so does a
/// critical one. What the final record says depends on the events alone, not on their order.
///
/// ```
/// use jwtrail_detect::Collapse;
/// let collapse = Collapse::new();
/// assert_eq!(Collapse::restore(&collapse.snapshot()).snapshot(), collapse.snapshot());
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Collapse {
    services: BTreeMap<String, Service>,
    surges: BTreeMap<(String, Reason), Surge>,
    /// Open alerts that rest on one reason of one service.
    parts: BTreeMap<u128, Part>,
    /// Milliseconds of arrival.
    now: i64,
    /// Whether a window has closed since [`Collapse::forget`].
    #[serde(skip)]
    turned: bool,
}

/// What an alert rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    service: String,
    reason: Reason,
    /// That of the decisive event.
    window: i64,
    /// What it was part of when that window was last known.
    whole: Option<AlertId>,
}

impl Collapse {
    /// One that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The state as it was when the bytes were taken. Bytes that are not that are nothing seen:
    /// then alerts of the next minutes stay ones of their own.
    #[must_use]
    pub fn restore(snapshot: &[u8]) -> Self {
        postcard::from_bytes(snapshot).unwrap_or_default()
    }

    /// The whole state.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        // Numbers, texts and maps always serialize.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Takes in one event, in the log's order, and appends what it changes of a service's alert.
    pub fn observe(&mut self, observation: &Observation<'_>, changes: &mut Vec<AlertChange>) {
        let record = observation.record;
        self.advance(observation.received_at, changes);
        let name = record.service.as_str();
        if !self.services.contains_key(name) {
            if self.services.len() >= MAX_SERVICES {
                return;
            }
            self.services.insert(name.to_owned(), Service::default());
        }
        let Some(service) = self.services.get_mut(name) else {
            return;
        };
        // What is ahead of its arrival is taken as of its arrival, and spools are too old.
        let time = record.time.as_millis().min(self.now);
        let Some(hit) = service.observe(record, time, self.now) else {
            return;
        };
        // What is over is not raised again by what comes hours late.
        let over = hit.window + 1 < bucket(self.now - LATE);
        if over || !service.is_surge(hit.window, hit.reason) {
            return;
        }
        let surge = self.surges.entry((name.to_owned(), hit.reason));
        let surge = surge.or_insert_with(|| Surge::new(name, hit, observation));
        surge.note(hit, service.count(hit), observation, changes);
    }

    /// Tells the time of arrival: what has been quiet for long enough is over.
    pub fn advance(&mut self, now: Timestamp, changes: &mut Vec<AlertChange>) {
        let before = self.now;
        self.now = self.now.max(now.as_millis());
        let same = |late: i64| bucket(before.saturating_sub(late)) == bucket(self.now - late);
        if same(0) && same(LATE) {
            return;
        }
        let services = &self.services;
        let settled = bucket(self.now - LATE);
        self.surges.retain(|(name, reason), surge| {
            let service = services.get(name);
            let last = service.and_then(|service| service.last_surge(*reason));
            let goes_on = last.is_some_and(|last| last + 1 >= settled);
            if !goes_on {
                changes.push(AlertChange::Resolved(surge.resolved()));
            }
            goes_on
        });
        self.turned = true;
    }

    /// Forgets windows that are a day old. Call it once what was raised up to now is gathered.
    pub fn forget(&mut self) {
        if std::mem::take(&mut self.turned) {
            let oldest = self.oldest();
            self.services.retain(|_, service| service.forget(oldest));
        }
    }

    /// The oldest window that is remembered.
    fn oldest(&self) -> i64 {
        bucket(self.now) - KEPT
    }

    /// Says of each change which service's alert it is part of. `about` tells by which service and
    /// for which reason all of an alert's events were refused, if it was one.
    pub fn gather(
        &mut self,
        changes: &mut [AlertChange],
        mut about: impl FnMut(&Alert) -> Option<(String, Reason)>,
    ) {
        for change in changes {
            let over = matches!(change, AlertChange::Resolved(_));
            let alert = change.alert_mut();
            if !can_be_part(alert) {
                continue;
            }
            let id = alert.id.as_u128();
            if !self.parts.contains_key(&id) && self.parts.len() < MAX_PARTS {
                let window = bucket(alert.raised_at.as_millis());
                if let Some((service, reason)) = about(alert) {
                    let part = Part {
                        service,
                        reason,
                        window,
                        whole: None,
                    };
                    self.parts.insert(id, part);
                }
            }
            let known = self.parts.get(&id).map(|part| self.whole_of(part));
            alert.part_of = known.flatten();
            if let Some(part) = self.parts.get_mut(&id) {
                part.whole = alert.part_of;
            }
            if over {
                self.parts.remove(&id);
            }
        }
    }

    fn whole_of(&self, part: &Part) -> Option<AlertId> {
        if part.whole.is_some() && part.window <= self.oldest() {
            return part.whole;
        }
        let service = self.services.get(&part.service)?;
        let begin = service.surge_begin(part.window, part.reason)?;
        Some(surge::id(&part.service, part.reason, begin))
    }
}

fn can_be_part(alert: &Alert) -> bool {
    alert.severity < Severity::Critical
        && matches!(
            alert.key_class,
            KeyClass::Token
                | KeyClass::ClaimedToken
                | KeyClass::Subject
                | KeyClass::Address
                | KeyClass::Origin
                | KeyClass::Family
        )
}

/// Milliseconds.
pub(crate) const WINDOW: i64 = 300_000;
/// Milliseconds that an event may come late.
const LATE: i64 = 30_000;
/// Windows that are remembered: a day.
const KEPT: i64 = 288;
const MAX_SERVICES: usize = 1_000;
const MAX_PARTS: usize = 100_000;

#[cfg(test)]
mod tests;
