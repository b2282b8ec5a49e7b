use std::collections::{HashMap, VecDeque};

use jwtrail_event::{EventName, Reason, Timestamp};

use crate::{Alert, AlertChange, Collapse, Observation};

/// What was found, seen as a whole: services' alerts in the place of their keys'.
#[derive(Debug, Default)]
pub(super) struct Whole {
    collapse: Collapse,
    refusals: Refusals,
}

impl Whole {
    /// Takes in an event that the engine has seen.
    pub(super) fn observe(
        &mut self,
        observation: &Observation<'_>,
        changes: &mut Vec<AlertChange>,
    ) {
        self.refusals.note(observation);
        self.collapse.observe(observation, changes);
    }

    /// Joins what is part of a service's alert to it.
    pub(super) fn gather(&mut self, changes: &mut [AlertChange]) {
        let refusals = &self.refusals;
        self.collapse.gather(changes, |alert| refusals.about(alert));
        self.collapse.forget();
    }

    /// Nothing more will come.
    pub(super) fn finish(&mut self, changes: &mut Vec<AlertChange>) {
        self.collapse.advance(Timestamp::MAX, changes);
    }
}

/// Which events were refusals, by whom and for what: there is no log here to look them up in.
#[derive(Debug, Default)]
struct Refusals {
    services: Vec<String>,
    numbers: HashMap<String, u32>,
    /// By position, which rises.
    latest: VecDeque<(u64, u32, Reason)>,
}

impl Refusals {
    fn note(&mut self, observation: &Observation<'_>) {
        let record = observation.record;
        let refusal = matches!(
            record.event,
            EventName::TokenRejected | EventName::AccessDenied
        );
        let Some(reason) = record.reason.filter(|_| refusal) else {
            return;
        };
        let number = self.number(record.service.as_str());
        if self.latest.len() >= MOST {
            self.latest.pop_front();
        }
        self.latest
            .push_back((observation.position, number, reason));
    }

    fn number(&mut self, service: &str) -> u32 {
        if let Some(number) = self.numbers.get(service) {
            return *number;
        }
        let number = u32::try_from(self.services.len()).unwrap_or(u32::MAX);
        self.services.push(service.to_owned());
        self.numbers.insert(service.to_owned(), number);
        number
    }

    /// By which service and for which reason all of an alert's events were refused, if it was one.
    /// What is too long ago to be known leaves the alert one of its own.
    fn about(&self, alert: &Alert) -> Option<(String, Reason)> {
        let mut about = None;
        for item in &alert.evidence {
            let at = self
                .latest
                .binary_search_by_key(&item.position, |(at, ..)| *at);
            let (_, service, reason) = *self.latest.get(at.ok()?)?;
            if about.is_some_and(|known| known != (service, reason)) {
                return None;
            }
            about = Some((service, reason));
        }
        let (service, reason) = about?;
        let service = self.services.get(usize::try_from(service).ok()?)?;
        Some((service.clone(), reason))
    }
}

/// Refusals that are known, 16 bytes each.
const MOST: usize = 4_000_000;
