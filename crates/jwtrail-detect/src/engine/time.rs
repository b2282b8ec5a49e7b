use std::collections::BTreeMap;

use jwtrail_event::Timestamp;
use serde::{Deserialize, Serialize};

use super::key_state::UpTo;
use super::snapshot::MANY;

/// What is known of time: the arrival clock, and how far the events of each producer's
/// instances have come.
///
/// The watermark is a function of the log alone: asking more often does not change it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Time {
    /// The arrival clock, milliseconds.
    pub(super) now: i64,
    /// Up to here everything is in final order. Never goes back.
    watermark: i64,
    producers: BTreeMap<u64, Producer>,
    /// The arrival clock as the log's end found it.
    finished: Option<i64>,
    /// The slowest of them, until something changes it.
    #[serde(skip)]
    slowest: Option<Slowest>,
    pub(super) late: u64,
    pub(super) backlog: u64,
    pub(super) clamped: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Producer {
    name: String,
    /// The time of its newest event.
    newest: i64,
    /// When its last event arrived.
    arrived: i64,
    /// Up to where its keys were in final order before it fell behind.
    #[serde(skip)]
    before: Option<i64>,
}

impl Producer {
    const fn is_silent(&self, now: i64) -> bool {
        now.saturating_sub(self.arrived) >= SILENT
    }

    /// Up to where its keys are in final order, if everything else is up to the watermark.
    fn up_to(&self, watermark: i64, now: i64) -> i64 {
        if self.is_silent(now) {
            watermark
        } else {
            watermark.min(self.newest.saturating_sub(LATENESS))
        }
    }

    /// Whether everything waits for it.
    const fn is_live(&self, now: i64) -> bool {
        !self.is_silent(now) && !self.is_backlog()
    }

    /// It delivers what it kept while it was away: it holds nobody else up.
    const fn is_backlog(&self) -> bool {
        self.arrived.saturating_sub(self.newest) > BACKLOG
    }
}

/// The live producer that has come least far.
#[derive(Clone, Copy, Debug)]
struct Slowest {
    id: u64,
    newest: i64,
    /// From then on one of the live ones may be silent.
    until: i64,
}

impl Slowest {
    fn of(producers: &BTreeMap<u64, Producer>, now: i64) -> Option<Self> {
        let live = || {
            producers
                .iter()
                .filter(|(_, producer)| producer.is_live(now))
        };
        let (id, slowest) = live().min_by_key(|(_, producer)| producer.newest)?;
        let first = live().map(|(_, producer)| producer.arrived).min()?;
        Some(Self {
            id: *id,
            newest: slowest.newest,
            until: first.saturating_add(SILENT),
        })
    }
}

impl Time {
    pub(super) fn new() -> Self {
        Self {
            now: i64::MIN,
            watermark: i64::MIN,
            producers: BTreeMap::new(),
            finished: None,
            slowest: None,
            late: 0,
            backlog: 0,
            clamped: 0,
        }
    }

    /// Moves the arrival clock. False when it does not move.
    pub(super) fn advance(&mut self, now: i64) -> bool {
        if now <= self.now {
            return false;
        }
        self.now = now;
        let slowest = self.slowest.filter(|slowest| now < slowest.until);
        let slowest = slowest.or_else(|| Slowest::of(&self.producers, now));
        self.slowest = slowest;
        let reached = slowest.map_or(now, |slowest| slowest.newest);
        self.watermark = self.watermark.max(reached.saturating_sub(LATENESS));
        true
    }

    /// Whether a writer has a place here.
    ///
    /// Instances that share a credential are told apart: one that delivers what it kept while
    /// it was away is judged in its own time beside siblings that are live.
    pub(super) fn knows(&self, writer: u64) -> bool {
        self.producers.contains_key(&writer)
    }

    /// Gives a writer a place, with the name of the producer that delivers what it writes.
    pub(super) fn welcome(&mut self, writer: u64, producer: &str, time: i64) {
        self.forget_the_quietest();
        let fresh = Producer {
            name: producer.to_owned(),
            newest: time,
            arrived: self.now,
            // It may have had a place before.
            before: Some(self.watermark),
        };
        self.producers.insert(writer, fresh);
        self.slowest = None;
    }

    /// Takes note of an event of a writer's that arrives now, and gives the time it is judged in.
    pub(super) fn admit(&mut self, writer: u64, time: i64) -> i64 {
        let arrived = self.now;
        self.clamped += u64::from(time > arrived);
        let time = time.min(arrived);
        if let Some(known) = self.producers.get_mut(&writer) {
            let counted = known.is_live(arrived);
            let own = known.newest.saturating_sub(LATENESS);
            let before = known.up_to(self.watermark, arrived);
            known.newest = known.newest.max(time);
            known.arrived = arrived;
            if known.up_to(self.watermark, arrived) < before {
                known.before = known.before.max(Some(before));
            }
            self.backlog += u64::from(known.is_backlog());
            self.late += u64::from(if known.is_backlog() {
                time <= own
            } else {
                time <= self.watermark
            });
            let changed = counted != known.is_live(arrived);
            if changed || self.slowest.is_some_and(|slowest| slowest.id == writer) {
                self.slowest = None;
            }
        }
        time
    }

    /// Whether a snapshot can have it.
    pub(super) fn is_sound(&self) -> bool {
        let latest = Timestamp::MAX.as_millis();
        let sound = |producer: &Producer| producer.newest <= producer.arrived;
        self.now <= latest
            && self.watermark <= self.now
            && self.producers.len() <= MAX_PRODUCERS
            && self.producers.values().all(sound)
            && [self.late, self.backlog, self.clamped]
                .iter()
                .all(|n| *n <= MANY)
    }

    fn forget_the_quietest(&mut self) {
        if self.producers.len() >= MAX_PRODUCERS {
            let quietest = self.producers.iter().min_by_key(|(_, p)| p.arrived);
            if let Some(id) = quietest.map(|(id, _)| *id) {
                self.producers.remove(&id);
            }
        }
    }

    /// Up to where the events of a key are in final order, whose last event this producer
    /// delivered.
    pub(super) fn watermark_for(&self, producer: u64) -> i64 {
        let known = self.producers.get(&producer);
        known.map_or(self.watermark, |known| {
            known.up_to(self.watermark, self.now)
        })
    }

    /// Whether the events of a producer wait for nothing but the watermark.
    pub(super) fn keeps_up(&self, producer: u64) -> bool {
        self.watermark_for(producer) >= self.watermark
    }

    /// Up to where the events of a key are in final order that was not looked at, of a rule that
    /// puts them in order as soon as it can: up to where they were before their producer fell
    /// behind.
    pub(super) fn up_to_unseen(&self, producer: u64) -> UpTo {
        let before = self.producers.get(&producer).and_then(|p| p.before);
        let up_to = self.up_to(producer);
        UpTo {
            watermark: up_to.watermark.max(before.unwrap_or(i64::MIN)),
            ..up_to
        }
    }

    /// The same, with how far the log tells of what came.
    pub(super) fn up_to(&self, producer: u64) -> UpTo {
        UpTo {
            watermark: self.watermark_for(producer),
            log: self.finished.unwrap_or(i64::MAX),
        }
    }

    /// The log is at its end: what has not come by now is not missing.
    pub(super) fn finish(&mut self) {
        self.finished.get_or_insert(self.now);
    }

    pub(super) const fn watermark(&self) -> i64 {
        self.watermark
    }

    pub(super) fn producer(&self, id: u64) -> &str {
        self.producers.get(&id).map_or("", |p| p.name.as_str())
    }
}

/// How late an event may come and still be judged in final order, milliseconds.
const LATENESS: i64 = 30_000;
/// A producer that has sent nothing for so long holds nobody up, milliseconds of arrival. Live
/// ones send a heartbeat every 10 s.
const SILENT: i64 = 30_000;
/// A producer whose newest event is so much older than its arrival was away, milliseconds.
const BACKLOG: i64 = 60_000;
const MAX_PRODUCERS: usize = 4_096;
