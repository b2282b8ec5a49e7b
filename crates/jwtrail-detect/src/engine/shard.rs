mod habitual;

use habitual::Habitual;
use jwtrail_event::Record;

use super::changes::{Cause, Changes, Moment};
use super::digest::{Digest, Digested, Touch};
use super::entry::Item;
use super::habits::{Habits, Recalled};
use super::lane::{Context, Lane};
use super::names::Names;
use super::router::Router;
use super::spread::Spread;
use super::time::Time;

/// Some of the lanes, and a clock of its own. Shards share nothing that changes, so that each
/// can run on a thread.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) lanes: Vec<Lane>,
    pub(super) habits: Habits,
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
    pub(super) spread: &'e Spread,
    /// Which shard this one is.
    pub(super) this: usize,
    /// How many events came before.
    pub(super) before: u64,
}

impl Shared<'_> {
    /// A lane's place in this shard, if it is here.
    fn place(&self, lane: usize) -> Option<usize> {
        let (shard, place) = self.spread.at(lane)?;
        (shard == self.this).then_some(place)
    }
}

/// A key of a rule, and the number of the event that concerns it.
#[derive(Clone, Copy, Debug)]
struct To {
    event: u64,
    /// The lane's place in this shard.
    place: usize,
    rule: usize,
    /// The place of the key's class in the rule.
    class: usize,
    hash: u128,
}

/// Reads an event again, by its index, where its words are needed.
pub(super) type Again<'r> = &'r (dyn Fn(usize, &mut dyn FnMut(&Record<'_>, &str)) + Sync);

impl Shard {
    pub(super) fn new(mut lanes: Vec<Lane>, time: Time) -> Self {
        for (place, lane) in (0..).zip(&mut lanes) {
            lane.place = place;
        }
        let mut shard = Self {
            lanes,
            habits: Habits::new(),
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
            for (at, digested) in digest.iter().enumerate() {
                if at % LOOKED_UP == 0 {
                    self.look_up(shared, ahead.clone().take(LOOKED_UP));
                    ahead.nth(LOOKED_UP - 1);
                }
                if !digested.arrival.passed_over {
                    event += 1;
                    self.arrive(shared, event, digested, again);
                }
            }
        }
        self.tell_forms();
    }

    /// Looks up the keys of some events. They are far apart in memory: one look-up after the
    /// other has the machine fetch them together, before each is waited for.
    fn look_up<'d>(&self, shared: Shared<'_>, events: impl Iterator<Item = Digested<'d>> + Clone) {
        // Those that were looked up when their events were worked out are close by now.
        let others = events.clone().filter(|event| event.arrival.guess.is_none());
        let mut habits = [Recalled::default(); LOOKED_UP];
        for (habit, Digested { arrival, .. }) in habits.iter_mut().zip(others) {
            habit.signature = arrival.habit.map(|(signature, _)| signature);
        }
        self.habits.look_up(&mut habits);
        let of_habits = events.clone().flat_map(|event| event.of_habit);
        for touched in of_habits.filter_map(|touch| touch.what.as_ref()) {
            let place = shared.place(touched.lane);
            if let Some(lane) = place.and_then(|place| self.lanes.get(place)) {
                lane.fetch(touched.hash);
            }
        }
        for (further, Digested { own, .. }) in events.enumerate() {
            for touched in own.iter().filter_map(|touch| touch.what.as_ref()) {
                if let Some(place) = shared.place(touched.lane)
                    && let Some(lane) = self.lanes.get(place)
                {
                    lane.fetch_ahead(touched.hash, further);
                }
            }
        }
    }

    fn arrive(&mut self, shared: Shared<'_>, event: u64, digested: Digested<'_>, again: Again<'_>) {
        let arrival = digested.arrival;
        self.advance(shared.names, event, arrival.received_at);
        // A machine's clock may step back; the arrival clock doesn't.
        let arrived = self.time.now;
        let (writer, told) = (arrival.entry.writer(), arrival.entry.time);
        if !self.time.knows(writer) {
            again(arrival.index, &mut |_, producer| {
                self.time.welcome(writer, producer, told.min(arrived));
            });
        }
        let time = self.time.admit(writer, told);
        let entry = &arrival.entry.at(time);
        let mut one = Habitual {
            event,
            index: arrival.index,
            entry,
            guess: arrival.guess,
            trace: 0,
        };
        for touch in digested.own {
            self.judge_touch(shared, &one, touch, arrival.claims_known, again);
        }
        if let Some((signature, trace)) = arrival.habit
            && shared.spread.has_habits(shared.this)
        {
            one.trace = trace;
            self.keep(shared, signature, &one, digested.of_habit, again);
        }
    }

    /// Has an event judged for a key, if that is of this shard.
    fn judge_touch(
        &mut self,
        shared: Shared<'_>,
        one: &Habitual<'_>,
        touch: &Touch,
        claims_known: bool,
        again: Again<'_>,
    ) {
        let Some(touched) = &touch.what else {
            return;
        };
        let Some(place) = shared.place(touched.lane) else {
            return;
        };
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.count(touch.first);
        }
        let mut facts = touched.facts.clone();
        facts.known_subject &= claims_known;
        let item = Item {
            entry: *one.entry,
            facts,
        };
        let to = To {
            event: one.event,
            place,
            rule: touch.rule,
            class: touched.class,
            hash: touched.hash,
        };
        self.judge(shared, &to, item, one.index, again);
    }

    /// Has a lane take in an event.
    fn judge(&mut self, shared: Shared<'_>, to: &To, item: Item, index: usize, again: Again<'_>) {
        let Some(lane) = self.lanes.get_mut(to.place) else {
            return;
        };
        self.changes.at(Moment {
            event: to.event,
            cause: Cause::Event,
            rule: to.rule,
            due: 0,
            key: to.hash,
        });
        let context = Context {
            time: &self.time,
            names: shared.names,
        };
        let mut words = || {
            let mut key = None;
            again(index, &mut |record, _| {
                key = shared.router.key(to.rule, to.class, record);
            });
            key
        };
        let (habits, changes) = (&mut self.habits, &mut self.changes);
        if lane.take_in(context, habits, to.hash, item, &mut words, changes) {
            self.heed(to.place);
        }
    }

    /// Takes note of when something is due in a lane.
    fn heed(&mut self, place: usize) {
        if let Some((timer, update)) = self.lanes.get(place).map(Lane::due) {
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
            lane.advance(context, &mut self.habits, &mut self.changes);
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
