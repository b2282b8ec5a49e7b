mod ewma;
mod seasonal;
mod sources;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::count::put;
use crate::engine::entry::{Entry, Item};
use crate::rule::{BaselineRule, Plan, Step};
use ewma::Ewma;
use seasonal::Seasonal;
use sources::Sources;

/// What is usual for a key, in buckets of five minutes, and whether now is far more.
///
/// The window is the bucket that the event falls in and those before it that the rule's span
/// covers. A bucket in which the rule was met does not train.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct BaselineWindow {
    /// The number of the present bucket, once there is one.
    bucket: Option<i64>,
    now: Bucket,
    /// Those before it within the window, the latest last.
    before: VecDeque<Bucket>,
    /// Whether the rule was met in the present bucket.
    met: bool,
    /// The window's events, in final order, with the hash of what they are spread over; 0 where
    /// it is not known.
    events: VecDeque<(Entry, u64)>,
    /// How often each source is among them; none before it is asked for.
    #[serde(skip)]
    sources: Option<Box<Sources>>,
    usual: Ewma,
    seasonal: Option<Box<Seasonal>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    of: u32,
    whole: u32,
}

impl BaselineWindow {
    pub(super) fn push(
        &mut self,
        plan: &Plan,
        step: &Step,
        rule: &BaselineRule,
        item: &Item,
    ) -> Verdict {
        let leaves = item.facts.leaves;
        let counts = leaves.meets(rule.of);
        let whole = rule.whole.is_some_and(|whole| leaves.meets(whole));
        if !counts && !whole {
            return Verdict::Ignored;
        }
        let span = usize::try_from(step.window / Plan::BUCKET)
            .unwrap_or(1)
            .max(1);
        let bucket = item.entry.time.div_euclid(Plan::BUCKET);
        if self.bucket.is_some_and(|present| bucket < present) {
            self.count_late(bucket, counts, whole);
            return Verdict::Ignored;
        }
        self.turn_to(bucket, span, rule);
        self.now.add(counts, whole);
        if !counts {
            return Verdict::Ignored;
        }
        let spread = rule.spread.map(|spread| item.facts.values(spread.need));
        let value = spread
            .and_then(|values| values.first().copied())
            .unwrap_or(0);
        self.remember(item.entry, value, step.window, plan.max_entries);
        let far_more = self.is_far_more(rule, span);
        if far_more
            && rule
                .spread
                .is_none_or(|spread| self.sources().are_spread(spread))
        {
            self.met = true;
            return Verdict::Met;
        }
        Verdict::Ignored
    }

    /// Whether there could be as many as the floor asks for.
    pub(super) fn may_meet(&self, rule: &BaselineRule, items: usize) -> bool {
        let held = self.before.iter().fold(self.now.size(), |sum, bucket| {
            sum.saturating_add(bucket.size())
        });
        usize::try_from(held)
            .unwrap_or(usize::MAX)
            .saturating_add(items)
            >= rule.floor
    }

    /// An event later than the lateness, of a producer that was away: it belongs to its own bucket,
    /// and is no part of what happens now.
    fn count_late(&mut self, bucket: i64, counts: bool, whole: bool) {
        let age = self.bucket.unwrap_or(bucket).saturating_sub(bucket);
        let age = usize::try_from(age).unwrap_or(usize::MAX);
        let at = self.before.len().checked_sub(age);
        if let Some(own) = at.and_then(|at| self.before.get_mut(at)) {
            own.add(counts, whole);
        }
    }

    /// Closes the buckets up to this one, and trains with them.
    fn turn_to(&mut self, bucket: i64, span: usize, rule: &BaselineRule) {
        let Some(present) = self.bucket else {
            self.bucket = Some(bucket);
            self.seasonal = rule.seasonal.then(|| Box::new(Seasonal::new(bucket)));
            return;
        };
        if bucket <= present {
            return;
        }
        if !self.met {
            self.train(present, rule.whole.is_some());
        }
        self.met = false;
        let closed = std::mem::take(&mut self.now);
        self.before.push_back(closed);
        let empty = bucket.saturating_sub(present).saturating_sub(1);
        if empty > 0 && rule.whole.is_none() {
            self.usual.decay(empty.unsigned_abs());
            if let Some(seasonal) = &mut self.seasonal {
                seasonal.rest(present.saturating_add(1), empty);
            }
        }
        for _ in 0..empty.min(i64::try_from(span).unwrap_or(i64::MAX)) {
            self.before.push_back(Bucket::default());
        }
        while self.before.len() >= span {
            self.before.pop_front();
        }
        self.bucket = Some(bucket);
    }

    /// With the bucket that is over.
    fn train(&mut self, at: i64, percentage: bool) {
        let Some(value) = self.now.value(percentage) else {
            return;
        };
        self.usual.train(value);
        if let Some(seasonal) = &mut self.seasonal {
            seasonal.train(at, value);
        }
    }

    fn is_far_more(&mut self, rule: &BaselineRule, span: usize) -> bool {
        let all = self.before.iter().fold(self.now, |sum, bucket| Bucket {
            of: sum.of.saturating_add(bucket.of),
            whole: sum.whole.saturating_add(bucket.whole),
        });
        let percentage = rule.whole.is_some();
        let size = if percentage { all.whole } else { all.of };
        let Some(value) = all.value(percentage) else {
            return false;
        };
        if usize::try_from(size).unwrap_or(usize::MAX) < rule.floor {
            return false;
        }
        // A percentage does not grow with the number of buckets, a count does.
        let buckets = if percentage { 1.0 } else { count(span) };
        let seasonal = self.bucket.and_then(|at| self.seasonal.as_ref()?.usual(at));
        let (usual, deviation) = match seasonal {
            Some((median, deviation)) => (buckets * median, buckets * deviation),
            None => {
                let variance = buckets * self.usual.variance();
                (buckets * self.usual.mean(), variance.sqrt())
            }
        };
        let limit = |noise: f64| {
            let limit = usual + f64::from(rule.deviations) * deviation.max(noise);
            // Where most go well, all going wrong is far more than usual.
            if percentage && usual < 50.0 {
                limit.min(100.0)
            } else {
                limit
            }
        };
        if !percentage {
            return value >= limit(1.0);
        }
        // The more come together, the more it strays: what is not enough alone never is.
        value >= limit(noise(usual, all.whole, 1.0))
            && (rule.spread.is_none()
                || value >= limit(noise(usual, all.whole, self.sources().events_of_one())))
    }

    /// What is known of the events' sources: with each event from now on.
    fn sources(&mut self) -> &Sources {
        let events = &self.events;
        self.sources.get_or_insert_with(|| {
            let mut sources = Box::<Sources>::default();
            events.iter().for_each(|(_, source)| sources.add(*source));
            sources
        })
    }

    fn remember(&mut self, entry: Entry, value: u64, window: i64, most: usize) {
        let later = |(other, _): &&(Entry, u64)| other.order() > entry.order();
        let at = self.events.len() - self.events.iter().rev().take_while(later).count();
        put(&mut self.events, at, (entry, value));
        if let Some(sources) = &mut self.sources {
            sources.add(value);
        }
        let oldest = entry.time.saturating_sub(window);
        while self.events.front().is_some_and(|(e, _)| e.time <= oldest) || self.events.len() > most
        {
            if let (Some((_, value)), Some(sources)) = (self.events.pop_front(), &mut self.sources)
            {
                sources.remove(value);
            }
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.usual.is_sound() && self.seasonal.as_ref().is_none_or(|s| s.is_sound())
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.events.iter().map(|(entry, _)| *entry)
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }
}

impl Bucket {
    /// Not less than the number of either.
    fn size(self) -> u32 {
        self.of.max(self.whole)
    }

    fn add(&mut self, counts: bool, whole: bool) {
        self.of = self.of.saturating_add(u32::from(counts));
        self.whole = self.whole.saturating_add(u32::from(counts || whole));
    }

    /// The count, or the percentage of the whole where there is enough of it to say.
    fn value(self, percentage: bool) -> Option<f64> {
        if !percentage {
            return Some(f64::from(self.of));
        }
        (self.whole >= ENOUGH).then(|| 100.0 * f64::from(self.of) / f64::from(self.whole))
    }
}

/// By how many points a percentage of so many strays by chance alone, where so many come together
/// because one client goes on: the standard deviation of a binomial share of as many fewer, and one
/// point at the least.
fn noise(percent: f64, of: u32, together: f64) -> f64 {
    let percent = percent.clamp(1.0, 99.0);
    let alone = f64::from(of.max(1)) / together.max(1.0);
    (percent * (100.0 - percent) / alone).sqrt().max(1.0)
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// So few attempts say nothing of a percentage.
const ENOUGH: u32 = 5;
