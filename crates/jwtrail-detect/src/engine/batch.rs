use std::ops::Range;
use std::thread;

use super::digest::Digest;
use super::router::{Router, View};
use super::shard::{Again, Shared};
use super::{Engine, Observation};
use crate::AlertChange;

impl Engine {
    /// Takes in several events, as [`Engine::observe`] would one by one, on as many threads as
    /// there are shards ([`Engine::with_shards`]). None of them runs on when this returns.
    ///
    /// `read` is asked for the events 0 to `count` - 1, on any thread, for some of them more
    /// than once; it hands each one over, or nothing where there is none. So the caller's
    /// parsing is spread over the threads as well. It must hand over the same each time.
    ///
    /// ```
    /// use jwtrail_detect::{Engine, Observation, RuleSet};
    /// use jwtrail_event::{EventName, Outcome, Record, Timestamp};
    ///
    /// let time = Timestamp::from_seconds(1_800_000_000);
    /// let record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
    /// let mut engine = Engine::new(RuleSet::embedded()?).with_shards(2);
    /// let mut changes = Vec::new();
    /// engine.observe_batch(
    ///     100,
    ///     |index, observe| {
    ///         observe(&Observation {
    ///             record: &record,
    ///             position: index as u64,
    ///             received_at: time,
    ///             producer: "orders",
    ///         })
    ///     },
    ///     &mut changes,
    /// );
    /// assert_eq!(engine.position(), Some(99));
    /// # Ok::<(), jwtrail_detect::RuleError>(())
    /// ```
    pub fn observe_batch(
        &mut self,
        count: usize,
        read: impl Fn(usize, &mut dyn FnMut(&Observation<'_>)) + Sync,
        changes: &mut Vec<AlertChange>,
    ) {
        let parts = if count < WORTH_A_THREAD {
            1
        } else {
            self.shards.len()
        };
        // What is worked out of few events is still in the processor's cache when it is needed.
        let at_once = if parts == 1 { AT_ONCE } else { APART };
        let mut from = 0;
        while from < count {
            let to = count.min(from.saturating_add(at_once));
            self.observe_some(from..to, parts, &read, changes);
            from = to;
        }
    }

    fn observe_some(
        &mut self,
        events: Range<usize>,
        parts: usize,
        read: &(impl Fn(usize, &mut dyn FnMut(&Observation<'_>)) + Sync),
        changes: &mut Vec<AlertChange>,
    ) {
        let mut digests = std::mem::take(&mut self.digests);
        digests.resize_with(digests.len().max(parts), Digest::default);
        let share = events.len().div_ceil(parts.max(1));
        let view = self.view();
        on_threads(digests.iter_mut().take(parts), |part, digest| {
            let first = events.start + part * share;
            for index in first..events.end.min(first + share) {
                read(index, &mut |observation| {
                    self.router.digest(view, index, observation, digest);
                });
            }
            Router::compare(view, digest);
        });
        let again: Again<'_> = &|index, say| {
            read(index, &mut |observation| {
                say(observation.record, observation.producer);
            });
        };
        self.judge(&mut digests, parts > 1, again, changes);
        for digest in &mut digests {
            digest.clear();
        }
        self.digests = digests;
    }

    /// Takes in one event and appends what it changes.
    ///
    /// Call in the log's order. It also does what [`Engine::advance`] does, with the event's
    /// arrival.
    pub fn observe(&mut self, observation: &Observation<'_>, changes: &mut Vec<AlertChange>) {
        let mut digests = std::mem::take(&mut self.digests);
        digests.resize_with(digests.len().max(1), Digest::default);
        if let Some(digest) = digests.first_mut() {
            self.router.digest(self.view(), 0, observation, digest);
            Router::compare(self.view(), digest);
        }
        let (record, producer) = (observation.record, observation.producer);
        self.judge(
            &mut digests,
            false,
            &|_, say| say(record, producer),
            changes,
        );
        for digest in &mut digests {
            digest.clear();
        }
        self.digests = digests;
    }

    #[expect(clippy::expect_used, reason = "every constructor makes a shard")]
    fn view(&self) -> View<'_> {
        let first = self.shards.first().expect("there is a shard");
        View {
            names: &self.names,
            habits: &first.habits,
            turned: self.known.turned(),
        }
    }

    /// What all events share is gone through in the log's order, then each shard goes through
    /// what is its own.
    fn judge(
        &mut self,
        digests: &mut [Digest],
        threads: bool,
        again: Again<'_>,
        changes: &mut Vec<AlertChange>,
    ) {
        let before = self.events;
        self.note(digests, again);
        let digests = &*digests;
        let of = self.shards.len();
        let run = |this: usize, shard: &mut super::shard::Shard| {
            let shared = Shared {
                router: &self.router,
                names: &self.names,
                of,
                this,
                before,
            };
            shard.run(shared, digests, again);
        };
        if threads {
            on_threads(self.shards.iter_mut(), run);
        } else {
            for (this, shard) in self.shards.iter_mut().enumerate() {
                run(this, shard);
            }
        }
        self.tell(changes);
    }

    /// Takes note of positions, names and subjects.
    fn note(&mut self, digests: &mut [Digest], again: Again<'_>) {
        let mut now = self.now();
        for digest in digests {
            let mut from = 0;
            for arrival in &mut digest.arrivals {
                let touches = digest.touches.get(from..arrival.own);
                from = arrival.touches;
                if self.position.is_some_and(|last| arrival.position <= last) {
                    arrival.passed_over = true;
                    continue;
                }
                self.position = Some(arrival.position);
                self.events += 1;
                now = now.max(arrival.received_at);
                self.known.learn(arrival.subject, now);
                if arrival
                    .learnt_since
                    .is_some_and(|since| since != self.known.turned())
                {
                    let known = &mut self.known;
                    again(arrival.index, &mut |record, _| {
                        known.learn(Router::subject(record), now);
                    });
                }
                arrival.claims_known = arrival.claim.is_some_and(|claim| self.known.knows(claim));
                if arrival.service.is_none() {
                    let names = &mut self.names;
                    again(arrival.index, &mut |record, _| {
                        arrival.service = Some(names.number(record.service.as_str()));
                    });
                }
                for touch in touches.into_iter().flatten() {
                    if touch.what.is_none() {
                        self.router.count_without_key(touch.rule, 1);
                    }
                }
            }
        }
    }
}

/// Does a piece of work on each, all at once; the last on this thread.
fn on_threads<T: Send>(items: impl ExactSizeIterator<Item = T>, work: impl Fn(usize, T) + Sync) {
    let last = items.len().saturating_sub(1);
    thread::scope(|scope| {
        for (at, item) in items.enumerate() {
            let work = &work;
            if at == last {
                work(at, item);
            } else {
                scope.spawn(move || work(at, item));
            }
        }
    });
}

/// So many events are worked out, and then judged, where there is one shard.
const AT_ONCE: usize = 128;
/// The same where there are several: it has to be worth two threads for each of them.
const APART: usize = 2_048;
/// Fewer events are done before threads have started.
const WORTH_A_THREAD: usize = 64;
