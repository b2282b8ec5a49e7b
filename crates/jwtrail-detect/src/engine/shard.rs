use std::hint::black_box;

use jwtrail_event::Record;

use super::changes::{Cause, Changes, Moment};
use super::digest::{Arrival, Digest, Touch};
use super::entry::{Entry, Item};
use super::lane::{Context, Lane};
use super::names::Names;
use super::router::Router;
use super::time::Time;

/// Some of the lanes, and a clock of its own. Shards share nothing that changes, so that each
/// can run on a thread.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) lanes: Vec<Lane>,
    pub(super) time: Time,
    pub(super) changes: Changes,
    /// When the next timer is due, and the next update.
    due: (i64, i64),
}

/// What all shards look at while none changes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'e> {
    pub(super) router: &'e Router,
    pub(super) names: &'e Names,
    /// How many shards there are, and which this one is.
    pub(super) of: usize,
    pub(super) this: usize,
    /// How many events came before.
    pub(super) before: u64,
}

/// Reads an event again, by its index, where its words are needed.
pub(super) type Again<'r> = &'r (dyn Fn(usize, &mut dyn FnMut(&Record<'_>, &str)) + Sync);

impl Shard {
    pub(super) fn new(lanes: Vec<Lane>, time: Time) -> Self {
        let mut shard = Self {
            lanes,
            time,
            changes: Changes::default(),
            due: (i64::MAX, i64::MAX),
        };
        shard.look_ahead();
        shard
    }

    /// Goes through what was worked out of some events.
    pub(super) fn run(&mut self, shared: Shared<'_>, digests: &[Digest], again: Again<'_>) {
        let mut event = shared.before;
        for digest in digests {
            let mut ahead = digest.iter();
            for (at, (arrival, touches)) in digest.iter().enumerate() {
                if at % LOOKED_UP == 0 {
                    let next = ahead.by_ref().take(LOOKED_UP);
                    self.look_up(shared, next.flat_map(|(_, touches)| touches));
                }
                if !arrival.passed_over {
                    event += 1;
                    self.arrive(shared, event, arrival, touches, again);
                }
            }
        }
    }

    /// Looks up the keys of some events. They are far apart in memory: one look-up after the
    /// other has the machine fetch them together, before each is waited for.
    fn look_up<'d>(&self, shared: Shared<'_>, touches: impl Iterator<Item = &'d Touch>) {
        for touched in touches.filter_map(|touch| touch.what.as_ref()) {
            if touched.lane % shared.of == shared.this {
                let lane = self.lanes.get(touched.lane / shared.of);
                black_box(lane.is_some_and(|lane| lane.has(touched.hash)));
            }
        }
    }

    fn arrive(
        &mut self,
        shared: Shared<'_>,
        event: u64,
        arrival: &Arrival,
        touches: &[Touch],
        again: Again<'_>,
    ) {
        self.advance(shared.names, event, arrival.received_at);
        // A machine's clock may step back; the arrival clock doesn't.
        let arrived = self.time.now;
        let writer = arrival.writer;
        if !self.time.knows(writer) {
            again(arrival.index, &mut |_, producer| {
                self.time
                    .welcome(writer, producer, arrival.time.min(arrived));
            });
        }
        let time = self.time.admit(writer, arrival.time);
        let entry = Entry::new(arrival, time);
        for touch in touches {
            let Some(touched) = &touch.what else {
                continue;
            };
            if touched.lane % shared.of != shared.this {
                continue;
            }
            let Some(lane) = self.lanes.get_mut(touched.lane / shared.of) else {
                continue;
            };
            self.changes.at(Moment {
                event,
                cause: Cause::Event,
                rule: touch.rule,
                due: 0,
                key: touched.hash,
            });
            let mut facts = touched.facts.clone();
            facts.known_subject &= arrival.claims_known;
            let item = Item { entry, facts };
            let context = Context {
                time: &self.time,
                names: shared.names,
            };
            let mut words = || {
                let mut key = None;
                again(arrival.index, &mut |record, _| {
                    key = shared.router.key(touch.rule, touched.class, record);
                });
                key
            };
            lane.count(touch.first);
            lane.take_in(context, touched.hash, item, &mut words, &mut self.changes);
            let (timer, update) = lane.due();
            self.due = (self.due.0.min(timer), self.due.1.min(update));
        }
    }

    /// Moves the arrival clock and does what is due by it.
    pub(super) fn advance(&mut self, names: &Names, event: u64, now: i64) {
        if !self.time.advance(now) {
            return;
        }
        let (timer, update) = self.due;
        if timer > self.time.watermark() && update > self.time.now {
            return;
        }
        let context = Context {
            time: &self.time,
            names,
        };
        self.changes.at(Moment {
            event,
            ..Moment::default()
        });
        for lane in &mut self.lanes {
            lane.advance(context, &mut self.changes);
        }
        self.look_ahead();
    }

    /// Finds out when the next thing is due.
    pub(super) fn look_ahead(&mut self) {
        let due = self.lanes.iter().map(Lane::due);
        self.due = due.fold((i64::MAX, i64::MAX), |first, due| {
            (first.0.min(due.0), first.1.min(due.1))
        });
    }
}

/// For how many events at once keys are looked up.
const LOOKED_UP: usize = 16;
