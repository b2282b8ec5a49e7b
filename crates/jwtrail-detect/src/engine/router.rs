use std::sync::Arc;

use jwtrail_event::{EventName, Record, Trust};

use super::Observation;
use super::digest::{Arrival, Digest, Touch, Touched};
use super::facts::Facts;
use super::names::Names;
use super::sighting::Sighting;
use crate::hash::Hash;
use crate::key::Parts;
use crate::{Key, KeyClass, Rule};

/// The rules, and which of them and which of their lanes an event concerns.
#[derive(Debug)]
pub(super) struct Router {
    rules: Vec<Routed>,
    /// Which rules can select an event, by the event.
    by_event: Vec<Vec<usize>>,
    /// Whether a rule asks for the subjects that we know.
    asks_for_subjects: bool,
}

#[derive(Debug)]
struct Routed {
    rule: Arc<Rule>,
    first_lane: usize,
    lanes: usize,
    /// Events that it selected but that lack what it needs.
    without_key: u64,
}

impl Router {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let by_event = by_event(&rules);
        let asks = |rule: &Rule| {
            rule.plan
                .escalation
                .as_ref()
                .is_some_and(|e| e.known_subject)
        };
        let asks_for_subjects = rules.iter().any(asks);
        let mut first_lane = 0;
        let mut routed = Vec::new();
        for rule in rules {
            let lanes = lanes(&rule);
            routed.push(Routed {
                rule: Arc::new(rule),
                first_lane,
                lanes,
                without_key: 0,
            });
            first_lane += lanes;
        }
        Self {
            rules: routed,
            by_event,
            asks_for_subjects,
        }
    }

    pub(super) fn rules(&self) -> impl ExactSizeIterator<Item = &Arc<Rule>> {
        self.rules.iter().map(|routed| &routed.rule)
    }

    /// How many lanes each rule has. It has them whatever the number of shards: what a lane
    /// forgets for want of memory must not depend on it.
    pub(super) fn lanes_of(&self, rule: usize) -> std::ops::Range<usize> {
        let routed = self.rules.get(rule);
        routed.map_or(0..0, |routed| {
            routed.first_lane..routed.first_lane + routed.lanes
        })
    }

    /// The lane of a key.
    pub(super) fn lane_of(&self, rule: usize, hash: u128) -> usize {
        let lanes = self.lanes_of(rule);
        let bits = usize::from((hash >> 64) as u8);
        lanes.start + bits % lanes.len().max(1)
    }

    pub(super) fn without_key(&self, rule: usize) -> u64 {
        self.rules.get(rule).map_or(0, |routed| routed.without_key)
    }

    pub(super) fn count_without_key(&mut self, rule: usize, count: u64) {
        if let Some(routed) = self.rules.get_mut(rule) {
            routed.without_key += count;
        }
    }

    /// Works out all that an event is to the rules.
    pub(super) fn digest(
        &self,
        names: &Names,
        index: usize,
        observation: &Observation<'_>,
        digest: &mut Digest,
    ) {
        let record = observation.record;
        let mut seen = Sighting::new(record);
        let by_event = self.by_event.get(record.event as usize);
        for at in by_event.into_iter().flatten() {
            if let Some(Routed { rule, .. }) = self.rules.get(*at) {
                self.touch(*at, rule, &mut seen, digest);
            }
        }
        let (mut subject, mut claim) = (None, None);
        if self.asks_for_subjects {
            subject = seen.key(KeyClass::Subject).map(|(_, hash)| hash);
            claim = claimed(record);
        }
        digest.arrivals.push(Arrival {
            index,
            position: observation.position,
            received_at: observation.received_at.as_millis(),
            time: record.time.as_millis(),
            seq: record.seq,
            event_id: record.event_id.as_u128(),
            writer: digest.writers.id(observation.producer, record),
            service: names.known(record.service.as_str()),
            subject,
            claim,
            claims_known: false,
            passed_over: false,
            touches: digest.touches.len(),
        });
    }

    fn touch(&self, at: usize, rule: &Rule, seen: &mut Sighting<'_>, digest: &mut Digest) {
        let selected = rule.plan.select(seen.record);
        if selected.is_empty() {
            return;
        }
        let mut first = true;
        if let Some(facts) = Facts::of(&rule.plan, selected, seen) {
            for class in 0..rule.plan.keys.len() {
                if let Some(key) = key_of(rule, class, seen) {
                    let touched = Touched {
                        lane: self.lane_of(at, key.hash),
                        class,
                        hash: key.hash,
                        facts: facts.clone(),
                    };
                    digest.touches.push(Touch {
                        rule: at,
                        what: Some(touched),
                        first,
                    });
                    first = false;
                }
            }
        }
        if first {
            digest.touches.push(Touch {
                rule: at,
                what: None,
                first,
            });
        }
    }

    /// A record's key of a rule, in words.
    pub(super) fn key(&self, rule: usize, class: usize, record: &Record<'_>) -> Option<Key> {
        let mut seen = Sighting::new(record);
        let rule = &self.rules.get(rule)?.rule;
        key_of(rule, class, &mut seen).map(|key| key.to_key())
    }
}

/// A key of one record.
#[derive(Debug)]
struct RecordKey<'r> {
    parts: Parts<'r>,
    hash: u128,
    /// What the rule splits its keys by.
    per: Option<String>,
}

impl RecordKey<'_> {
    fn to_key(&self) -> Key {
        let mut key = self.parts.to_key();
        if let Some(per) = &self.per {
            key.display = format!("{}, {per}", key.display);
            key.per = Some(per.clone());
        }
        key
    }
}

/// The record's key of the rule's class at this place.
fn key_of<'r>(rule: &Rule, class: usize, seen: &mut Sighting<'r>) -> Option<RecordKey<'r>> {
    let plan = &rule.plan;
    let (parts, hash) = seen.key(*plan.keys.get(class)?)?;
    if plan.per.is_empty() {
        return Some(RecordKey {
            parts,
            hash,
            per: None,
        });
    }
    let mut whole = Hash::new("per").bytes(&hash.to_le_bytes());
    let mut per: Vec<String> = Vec::new();
    for field in &plan.per {
        let value = field.value(seen.record);
        let text = value.shown()?;
        whole = whole.part(&text);
        per.push(text.into_owned());
    }
    Some(RecordKey {
        parts,
        hash: whole.finish(),
        per: Some(per.join(", ")),
    })
}

fn claimed(record: &Record<'_>) -> Option<u128> {
    if record.trust != Trust::None {
        return None;
    }
    let (iss, sub) = (record.claimed_iss.as_ref()?, record.claimed_sub.as_ref()?);
    let (iss, sub) = (iss.as_str(), sub.as_str());
    Some(Parts::Subject { iss, sub }.hash())
}

/// Skips the rules that an event's name already rules out.
fn by_event(rules: &[Rule]) -> Vec<Vec<usize>> {
    let of = |event: EventName| {
        let rules = rules.iter().enumerate();
        let can = rules.filter(|(_, rule)| rule.plan.can_select(event));
        can.map(|(at, _)| at).collect()
    };
    let mut table = vec![Vec::new(); EventName::ALL.len()];
    for event in EventName::ALL {
        if let Some(row) = table.get_mut(*event as usize) {
            *row = of(*event);
        }
    }
    table
}

/// Into how many lanes a rule's keys are split. A small budget is not: its parts would fill
/// unevenly.
const fn lanes(rule: &Rule) -> usize {
    if rule.plan.max_keys < LARGE { 1 } else { LANES }
}

const LANES: usize = 4;
const LARGE: usize = 4_096;
