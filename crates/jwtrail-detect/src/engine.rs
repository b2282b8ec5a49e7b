mod batch;
mod changes;
mod digest;
mod entry;
mod episode;
mod facts;
mod habits;
mod heading;
mod key_state;
mod known;
mod lane;
mod names;
mod packed;
mod parts;
mod router;
mod shard;
mod sighting;
mod signature;
mod snapshot;
mod spread;
mod stats;
mod table;
mod threads;
mod time;
mod timers;
mod together;
mod told;
mod track;
mod window;
mod witnesses;

use std::sync::Arc;

use jwtrail_event::{Record, Timestamp};

pub use snapshot::SnapshotError;
pub use stats::{EngineStats, RuleStats};

use digest::{Cache, Digest};
use heading::Heading;
use known::KnownSubjects;
use lane::{Context, Lane, open_alerts};
use names::Names;
use router::Router;
use shard::Shard;
use spread::Spread;
use threads::Threads;
use time::Time;

use crate::{Alert, AlertChange, RuleInfo, RuleSet};

/// An event as it lies in the log.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Observation<'a> {
    /// The event.
    pub record: &'a Record<'a>,
    /// Its position in the log. A position up to the last one observed is passed over.
    pub position: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Who delivered it.
    pub producer: &'a str,
}

/// The detectors: a fold over the log.
///
/// The same log gives the same changes, however often it is cut by a snapshot; and within the
/// allowed lateness of 30 s the order in which events arrive does not change the final alerts.
///
/// ```
/// use jwtrail_detect::{Engine, RuleSet};
/// let engine = Engine::new(RuleSet::embedded().unwrap());
/// assert_eq!(engine.position(), None);
/// ```
#[derive(Debug)]
pub struct Engine {
    position: Option<u64>,
    events: u64,
    names: Names,
    known: KnownSubjects,
    router: Router,
    /// At least one.
    shards: Vec<Shard>,
    spread: Spread,
    /// Open alerts of rules that are gone: the next call resolves them.
    orphans: Vec<Alert>,
    cache: Cache,
    /// Room for what is worked out of events.
    digest: Digest,
    /// Where it runs on several threads.
    threads: Option<Box<Threads>>,
}

impl Engine {
    /// An engine that has seen nothing.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        let router = Router::new(rules.into_rules());
        let mut lanes = Vec::new();
        for (number, rule) in router.rules().enumerate() {
            let of = router.lanes_of(number).len();
            lanes.extend((0..of).map(|_| Lane::new(number, Arc::clone(rule), of)));
        }
        Self {
            spread: Spread::new(&router, 1),
            position: None,
            events: 0,
            names: Names::default(),
            known: KnownSubjects::default(),
            router,
            shards: vec![Shard::new(lanes, Time::new())],
            orphans: Vec::new(),
            cache: Cache::default(),
            digest: Digest::default(),
            threads: None,
        }
    }

    /// The same engine on so many threads (from 1 to 64), its keys spread over shards:
    /// [`Engine::observe_batch`] works events out on some while others judge those before them.
    /// What is found, in which order, and what a snapshot holds do not depend on it. The threads
    /// end with the engine; where the machine has none to give, the caller's does all.
    ///
    /// ```
    /// use jwtrail_detect::{Engine, RuleSet};
    /// let engine = Engine::new(RuleSet::embedded().unwrap()).with_threads(2);
    /// let snapshot = engine.snapshot();
    /// assert!(Engine::restore(RuleSet::embedded().unwrap(), &snapshot).is_ok());
    /// ```
    #[must_use]
    pub fn with_threads(mut self, count: usize) -> Self {
        let threads = count.clamp(1, MAX_THREADS);
        self.threads = Threads::new(threads).map(Box::new);
        let count = Threads::shards(threads);
        if count == self.shards.len() {
            return self;
        }
        let time = self.time().clone();
        for shard in &mut self.shards {
            shard.bring_all_out(&self.names);
        }
        let mut former: Vec<_> = self
            .shards
            .into_iter()
            .map(|s| s.lanes.into_iter())
            .collect();
        let spread = Spread::new(&self.router, count);
        let mut lanes: Vec<Vec<Lane>> = Vec::new();
        lanes.resize_with(count, Vec::new);
        for lane in 0..spread.len() {
            // Each shard has its lanes in order.
            let (from, to) = (self.spread.at(lane), spread.at(lane));
            let next = from.and_then(|(shard, _)| former.get_mut(shard)?.next());
            if let Some(shard) = to.and_then(|(shard, _)| lanes.get_mut(shard)) {
                shard.extend(next);
            }
        }
        let shard = |lanes| Shard::new(lanes, time.clone());
        self.shards = lanes.into_iter().map(shard).collect();
        self.spread = spread;
        self
    }

    /// The engine as it was when the snapshot was taken.
    ///
    /// A rule that is new or has changed since starts afresh; alerts that only its former
    /// version holds open are resolved by the next call.
    ///
    /// # Errors
    /// When the bytes are not a whole snapshot of a version that this crate reads: then start
    /// with [`Engine::new`] and replay the log.
    pub fn restore(rules: RuleSet, snapshot: &[u8]) -> Result<Self, SnapshotError> {
        snapshot::restore(rules, snapshot)
    }

    /// Tells the time of arrival while no event comes, so that quiet alerts are resolved.
    ///
    /// How often it is called does not matter to what is raised and how it ends; only updates
    /// may be told at other moments, or within what is raised.
    pub fn advance(&mut self, now: Timestamp, changes: &mut Vec<AlertChange>) {
        for shard in &mut self.shards {
            shard.advance(&self.names, self.events, now.as_millis());
        }
        self.tell(changes);
    }

    /// Says that nothing more will come: everything is settled and resolved.
    pub fn finish(&mut self, changes: &mut Vec<AlertChange>) {
        for shard in &mut self.shards {
            shard.time.finish();
        }
        self.advance(Timestamp::MAX, changes);
    }

    /// The whole state, versioned, with its position: replay what follows that position.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot::take(self)
    }

    /// The position of the last event observed.
    #[must_use]
    pub const fn position(&self) -> Option<u64> {
        self.position
    }

    /// What each rule says of itself, by name.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &RuleInfo> {
        self.router.rules().map(|rule| rule.info())
    }

    /// The alerts that are open, as they are now.
    #[must_use]
    pub fn open_alerts(&self) -> Vec<Alert> {
        let context = Context {
            time: self.time(),
            names: &self.names,
        };
        let mut alerts = Vec::new();
        for (number, rule) in self.router.rules().enumerate() {
            let keys = self.judged(number).into_iter();
            alerts.extend(open_alerts(&Heading::of(rule), context, keys));
        }
        alerts
    }

    /// What the engine has done and what it holds.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let rules = self.router.rules().enumerate();
        let rules: Vec<RuleStats> = rules
            .map(|(number, rule)| {
                let lanes = || self.lanes(number);
                let keys = lanes().map(Lane::len).sum();
                let entries = self.entries(number);
                self.tally(number).stats(&rule.info.name, keys, entries)
            })
            .collect();
        let time = self.time();
        EngineStats {
            position: self.position,
            events: self.events,
            late: time.late,
            backlog: time.backlog,
            clamped: time.clamped,
            open_alerts: rules.iter().map(|rule| rule.open_alerts).sum(),
            rules,
        }
    }

    /// Hands over what the shards have found.
    fn tell(&mut self, changes: &mut Vec<AlertChange>) {
        changes.extend(self.orphans.drain(..).map(AlertChange::Resolved));
        let mut shards = self.shards.iter_mut();
        if let Some(first) = shards.next() {
            for shard in shards {
                first.changes.append(&mut shard.changes);
            }
            first.changes.tell(changes);
        }
    }
}

/// More than a machine's cores are of no use.
const MAX_THREADS: usize = 64;
