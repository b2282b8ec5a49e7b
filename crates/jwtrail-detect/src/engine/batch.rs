use std::ops::Range;

use super::digest::{Cache, Digest};
use super::router::{Memory, Router, View};
use super::shard::{Again, Shared};
use super::together::{Event, Read, together};
use super::told::Told;
use super::{Engine, Observation};
use crate::AlertChange;

impl Engine {
    /// Takes in several events, as [`Engine::observe`] would one by one, on as many threads as
    /// the engine has ([`Engine::with_threads`]). None of them works on when this returns.
    ///
    /// `read` is asked for the events 0 to `count` - 1, on any thread, for some of them more
    /// than once, and for some while it hands over another; it hands each one over, or nothing
    /// where there is none. So the caller's parsing is spread over the threads as well. It must
    /// hand over the same each time.
    ///
    /// ```
    /// use jwtrail_detect::{Engine, Observation, RuleSet};
    /// use jwtrail_event::{EventName, Outcome, Record, Timestamp};
    ///
    /// let time = Timestamp::from_seconds(1_800_000_000);
    /// let record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
    /// let mut engine = Engine::new(RuleSet::embedded()?).with_threads(2);
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
        if count >= WORTH_A_THREAD
            && let Some(mut threads) = self.threads.take()
        {
            self.observe_on(&mut threads, count, &read, changes);
            self.threads = Some(threads);
            return;
        }
        let mut from = 0;
        while from < count {
            let to = count.min(from.saturating_add(AT_ONCE));
            self.observe_some(from..to, &read, changes);
            from = to;
        }
    }

    fn observe_some(
        &mut self,
        events: Range<usize>,
        read: &impl Read,
        changes: &mut Vec<AlertChange>,
    ) {
        let (mut cache, mut digest) = self.room();
        let view = self.view();
        together(events, read, |some| {
            self.router.digest(view, some, &mut cache, &mut digest);
        });
        let again: Again<'_> = &|index, say| {
            read(index, &mut |observation| {
                say(observation.record, observation.producer);
            });
        };
        self.judge(cache, digest, again, changes);
    }

    /// Takes in one event and appends what it changes.
    ///
    /// Call in the log's order. It also does what [`Engine::advance`] does, with the event's
    /// arrival.
    pub fn observe(&mut self, observation: &Observation<'_>, changes: &mut Vec<AlertChange>) {
        let (mut cache, mut digest) = self.room();
        let view = self.view();
        let event = Event {
            index: 0,
            observation,
        };
        self.router.digest(view, &[event], &mut cache, &mut digest);
        let (record, producer) = (observation.record, observation.producer);
        self.judge(cache, digest, &|_, say| say(record, producer), changes);
    }

    /// The room that [`Engine::judge`] gives back.
    fn room(&mut self) -> (Cache, Digest) {
        (
            std::mem::take(&mut self.cache),
            std::mem::take(&mut self.digest),
        )
    }

    #[expect(clippy::expect_used, reason = "every constructor makes a shard")]
    fn view(&self) -> View<'_> {
        let last = self.shards.last().expect("there is a shard");
        View {
            names: &self.names,
            memory: Memory::Habits(&last.habits),
            turned: self.known.turned(),
        }
    }

    /// What all events share is gone through in the log's order, then each shard goes through
    /// what is its own.
    fn judge(
        &mut self,
        cache: Cache,
        mut digest: Digest,
        again: Again<'_>,
        changes: &mut Vec<AlertChange>,
    ) {
        let before = self.events;
        let digests = std::slice::from_mut(&mut digest);
        self.note(digests, None, again);
        for (this, shard) in self.shards.iter_mut().enumerate() {
            let shared = Shared {
                router: &self.router,
                names: &self.names,
                spread: &self.spread,
                this,
                before,
            };
            shard.run(shared, digests, again);
        }
        self.tell(changes);
        digest.clear();
        (self.cache, self.digest) = (cache, digest);
    }

    /// Takes note of positions, names and subjects, and of habits where others want to know.
    pub(super) fn note(
        &mut self,
        digests: &mut [Digest],
        mut told: Option<&mut Told>,
        again: Again<'_>,
    ) {
        let mut now = self.now();
        for digest in digests {
            let mut from = 0;
            for arrival in &mut digest.arrivals {
                let touches = digest.touches.get(from..arrival.own);
                from = arrival.touches;
                if self
                    .position
                    .is_some_and(|last| arrival.entry.position <= last)
                {
                    arrival.passed_over = true;
                    continue;
                }
                self.position = Some(arrival.entry.position);
                self.events += 1;
                now = now.max(arrival.received_at);
                self.known.learn(arrival.subject, now);
                let turned = self.known.turned();
                let forgotten = arrival.learnt_since.is_some_and(|since| since != turned);
                if forgotten {
                    let known = &mut self.known;
                    again(arrival.index, &mut |record, _| {
                        known.learn(Router::subject(record), now);
                    });
                }
                if let Some(told) = &mut told
                    && let Some((habit, _)) = arrival.habit
                    && (forgotten || !arrival.known)
                {
                    told.note(habit, self.known.turned());
                }
                arrival.claims_known = arrival.claim.is_some_and(|claim| self.known.knows(claim));
                if !arrival.is_named {
                    let names = &mut self.names;
                    again(arrival.index, &mut |record, _| {
                        arrival.entry.name(names.number(record.service.as_str()));
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

/// So many events are worked out, and then judged: what is worked out of them is still in the
/// processor's cache when it is needed.
const AT_ONCE: usize = 128;
/// Fewer events are done before threads have started.
const WORTH_A_THREAD: usize = 64;
