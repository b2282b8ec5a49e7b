mod concerned;

use std::sync::Arc;

use concerned::Concerned;
use jwtrail_event::{Record, Trust};

use super::digest::{Arrival, Cache, Digest, Hashes, NEVER, Touch, Touched};
use super::entry::Entry;
use super::facts::Facts;
use super::habits::{Habits, Recalled};
use super::names::Names;
use super::sighting::{Sighting, trace};
use super::signature::{Signer, tell};
use super::together::Event;
use super::told::Told;
use crate::hash::Hash;
use crate::key::{Parts, extract};
use crate::{Key, KeyClass, Rule};

/// The rules, and which of them and which of their lanes an event concerns.
#[derive(Debug)]
pub(super) struct Router {
    rules: Vec<Routed>,
    /// Which rules can select an event, by the event.
    by_event: Vec<Concerned>,
    /// Whether a rule asks for the subjects that we know.
    asks_for_subjects: bool,
    signer: Signer,
}

#[derive(Debug)]
struct Routed {
    rule: Arc<Rule>,
    first_lane: usize,
    lanes: usize,
    /// Events that it selected but that lack what it needs.
    without_key: u64,
}

/// What is looked at of what other events have changed: it may be behind by a few of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'e> {
    pub(super) names: &'e Names,
    pub(super) memory: Memory<'e>,
    /// Since when subjects that are learnt are remembered for longest.
    pub(super) turned: i64,
}

/// What is known of habits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Memory<'e> {
    /// The habits themselves.
    Habits(&'e Habits),
    /// Those that were told of.
    Told(&'e Told),
}

impl Router {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let asks = |rule: &Rule| {
            rule.plan
                .escalation
                .as_ref()
                .is_some_and(|e| e.known_subject)
        };
        let asks_for_subjects = rules.iter().any(asks);
        let by_event = Concerned::by_event(&rules, asks_for_subjects);
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
            signer: Signer::random(),
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
        lanes.start + part(hash) % lanes.len().max(1)
    }

    /// The lanes of a rule's keys by [`part`], of which they repeat if there are fewer.
    pub(super) fn all_lanes_of(&self, rule: usize) -> [usize; LANES] {
        let lanes = self.lanes_of(rule);
        std::array::from_fn(|part| lanes.start + part % lanes.len().max(1))
    }

    /// Whether there are events of which a habit can keep what they are to the rule.
    pub(super) fn is_of_habits(&self, rule: usize) -> bool {
        let mut concerned = self.by_event.iter();
        concerned.any(|concerned| concerned.habitual.contains(&rule))
    }

    pub(super) fn without_key(&self, rule: usize) -> u64 {
        self.rules.get(rule).map_or(0, |routed| routed.without_key)
    }

    pub(super) fn count_without_key(&mut self, rule: usize, count: u64) {
        if let Some(routed) = self.rules.get_mut(rule) {
            routed.without_key += count;
        }
    }

    /// Works out all that some events are to the rules.
    pub(super) fn digest(
        &self,
        view: View<'_>,
        events: &[Event<'_>],
        cache: &mut Cache,
        digest: &mut Digest,
    ) {
        let mut recalled = std::mem::take(&mut cache.recalled);
        recalled.clear();
        for Event { observation, .. } in events {
            recalled.push(self.habit_of(observation.record, &mut cache.scratch));
        }
        match view.memory {
            Memory::Habits(habits) => habits.recall(&mut recalled, view.turned),
            Memory::Told(told) => told.recall(&mut recalled, view.turned),
        }
        for (event, recalled) in events.iter().zip(&recalled) {
            self.digest_one(view, event, recalled, cache, digest);
        }
        cache.recalled = recalled;
    }

    /// The habit that an event is of, where it can be of one.
    fn habit_of(&self, record: &Record<'_>, scratch: &mut Vec<u8>) -> Recalled {
        let concerned = self.by_event.get(record.event as usize);
        let concerned = concerned.filter(|concerned| !concerned.habitual.is_empty());
        Recalled {
            signature: concerned.map(|of| self.signer.signature(record, &of.reads, scratch)),
            ..Recalled::default()
        }
    }

    fn digest_one(
        &self,
        view: View<'_>,
        event: &Event<'_>,
        recalled: &Recalled,
        cache: &mut Cache,
        digest: &mut Digest,
    ) {
        let Event { index, observation } = *event;
        let record = observation.record;
        let mut seen = Sighting::new(record, &mut cache.hashes);
        let mut own = digest.touches.len();
        if let Some(concerned) = self.by_event.get(record.event as usize) {
            self.touch_all(&concerned.always, &mut seen, &mut digest.touches);
            if !concerned.shared.is_empty() {
                tell(record, &concerned.shared_reads, &mut cache.scratch);
                let (told, touches) = (&cache.scratch, &mut digest.touches);
                cache.alike.add(told, record.seq, touches, |touches| {
                    self.touch_all(&concerned.shared, &mut seen, touches);
                });
            }
            own = digest.touches.len();
            if !recalled.known {
                self.touch_all(&concerned.habitual, &mut seen, &mut digest.touches);
            }
        }
        let asked = self.asks_for_subjects && record.trust != Trust::None;
        let mut subject = None;
        if asked && !recalled.known {
            subject = seen.key(KeyClass::Subject).map(|(_, hash)| hash);
        }
        let learnt_since = if recalled.learnt { view.turned } else { NEVER };
        let claim = self.asks_for_subjects.then(|| claimed(record)).flatten();
        let writer = cache.writers.id(observation.producer, record);
        let service = view.names.known(record.service.as_str());
        digest.arrivals.push(Arrival {
            index,
            received_at: observation.received_at.as_millis(),
            entry: Entry::new(observation, writer, service.unwrap_or_default()),
            is_named: service.is_some(),
            subject,
            learnt_since: (asked && recalled.known).then_some(learnt_since),
            claim,
            claims_known: false,
            known: recalled.known,
            guess: recalled.guess,
            habit: recalled.signature.map(|habit| (habit, trace(record))),
            passed_over: false,
            own,
            touches: digest.touches.len(),
        });
    }

    /// What the events of a habit are to the rules, by one of them.
    pub(super) fn touches_of_habit(&self, record: &Record<'_>) -> Vec<Touch> {
        let mut touches = Vec::new();
        if let Some(concerned) = self.by_event.get(record.event as usize) {
            let mut hashes = Hashes::default();
            let mut seen = Sighting::new(record, &mut hashes);
            self.touch_all(&concerned.habitual, &mut seen, &mut touches);
        }
        touches
    }

    fn touch_all(&self, rules: &[usize], seen: &mut Sighting<'_>, touches: &mut Vec<Touch>) {
        for at in rules {
            if let Some(Routed { rule, .. }) = self.rules.get(*at) {
                self.touch(*at, rule, seen, touches);
            }
        }
    }

    fn touch(&self, at: usize, rule: &Rule, seen: &mut Sighting<'_>, touches: &mut Vec<Touch>) {
        let selected = rule.plan.select(seen.record);
        if selected.is_empty() {
            return;
        }
        let mut first = true;
        let classes = rule.plan.keys.len();
        let mut facts = Facts::of(&rule.plan, selected, seen);
        for class in 0..classes {
            let of_this = if class + 1 < classes {
                facts.clone()
            } else {
                facts.take()
            };
            if let Some(facts) = of_this
                && let Some(key) = key_of(rule, class, seen)
            {
                let touched = Touched {
                    lane: self.lane_of(at, key.hash),
                    class,
                    hash: key.hash,
                    facts,
                };
                touches.push(Touch {
                    rule: at,
                    what: Some(touched),
                    first,
                });
                first = false;
            }
        }
        if first {
            touches.push(Touch {
                rule: at,
                what: None,
                first,
            });
        }
    }

    /// The hash of a record's subject, if its signature held.
    pub(super) fn subject(record: &Record<'_>) -> Option<u128> {
        extract(KeyClass::Subject, record).map(|parts| parts.hash())
    }

    /// A record's key of a rule, in words.
    pub(super) fn key(&self, rule: usize, class: usize, record: &Record<'_>) -> Option<Key> {
        let mut hashes = Hashes::default();
        let mut seen = Sighting::new(record, &mut hashes);
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

/// The subject that an unverified token claims.
fn claimed(record: &Record<'_>) -> Option<u128> {
    if record.trust != Trust::None {
        return None;
    }
    let (iss, sub) = (record.claimed_iss.as_ref()?, record.claimed_sub.as_ref()?);
    let (iss, sub) = (iss.as_str(), sub.as_str());
    Some(Parts::Subject { iss, sub }.hash())
}

/// Into how many lanes a rule's keys are split. A small budget is not: its parts would fill
/// unevenly.
const fn lanes(rule: &Rule) -> usize {
    if rule.plan.max_keys < LARGE { 1 } else { LANES }
}

/// What of a key's hash decides its lane.
pub(super) const fn part(hash: u128) -> usize {
    (hash >> 64) as u8 as usize
}

pub(super) const LANES: usize = 4;
const LARGE: usize = 4_096;
