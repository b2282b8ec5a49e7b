use std::collections::BTreeMap;

use super::meaning::{Of, Said};
use crate::support::{Happening, START};

/// More than usual, from the definition: a list of all buckets since the first event, those in
/// alert left out, and what is usual worked out of it anew in each bucket.
#[derive(Clone, Debug)]
pub(crate) struct Usual {
    pub(crate) of: Of,
    /// Where it is a percentage of something.
    pub(crate) whole: Option<Of>,
    pub(crate) floor: usize,
    pub(crate) deviations: u32,
    pub(crate) buckets: i64,
    pub(crate) seasonal: bool,
    /// So many addresses, with at most so many events each.
    pub(crate) spread: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    number: i64,
    of: u32,
    whole: u32,
    in_alert: bool,
}

impl Usual {
    pub(crate) fn over(&self, events: &[&Happening]) -> Vec<Said> {
        let mut buckets: Vec<Bucket> = Vec::new();
        let mut usual = (0.0, 0.0);
        let mut said = Vec::new();
        for (at, event) in events.iter().enumerate() {
            let counts = self.of.selects(event);
            if !counts && !self.whole.is_some_and(|whole| whole.selects(event)) {
                said.push(Said::Ignored);
                continue;
            }
            let number = (START + event.at).div_euclid(BUCKET);
            if buckets.last().is_none_or(|last| last.number != number) {
                usual = self.usual(&buckets, number);
                buckets.push(Bucket {
                    number,
                    of: 0,
                    whole: 0,
                    in_alert: false,
                });
            }
            let present = buckets.last_mut().unwrap();
            present.of += u32::from(counts);
            present.whole += 1;
            let inside = |at: &usize| {
                events[*at].at > event.at - self.buckets * BUCKET && self.of.selects(events[*at])
            };
            let evidence: Vec<usize> = (0..=at).filter(inside).collect();
            if counts && self.is_more(&buckets, number, usual, events, &evidence) {
                buckets.last_mut().unwrap().in_alert = true;
                said.push(Said::Met(evidence));
            } else {
                said.push(Said::Ignored);
            }
        }
        said
    }

    fn is_more(
        &self,
        buckets: &[Bucket],
        now: i64,
        (usual, deviation): (f64, f64),
        events: &[&Happening],
        evidence: &[usize],
    ) -> bool {
        let recent = || buckets.iter().filter(|b| b.number > now - self.buckets);
        let of: u32 = recent().map(|bucket| bucket.of).sum();
        let whole: u32 = recent().map(|bucket| bucket.whole).sum();
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        let mut alone = 0;
        for at in evidence {
            match events[*at].address.as_str() {
                "" => alone += 1,
                address => *uses.entry(address).or_default() += 1,
            }
        }
        if let Some((at_least, at_most_each)) = self.spread
            && uses.values().filter(|n| **n <= at_most_each).count() < at_least
        {
            return false;
        }
        let times = f64::from(self.deviations);
        if self.whole.is_none() {
            return of as usize >= self.floor
                && f64::from(of) >= usual + times * deviation.max(1.0);
        }
        if (whole as usize) < self.floor || whole < ENOUGH {
            return false;
        }
        // So many of one address are as good as one: the more alike they are, the less they say.
        let together = match self.spread {
            Some(_) => {
                let squares: usize = uses.values().map(|n| n * n).sum::<usize>() + alone;
                (squares as f64 / evidence.len() as f64).max(1.0)
            }
            None => 1.0,
        };
        let share = usual.clamp(1.0, 99.0);
        let chance = (share * (100.0 - share) * together / f64::from(whole)).sqrt();
        let mut limit = usual + times * deviation.max(chance).max(1.0);
        if usual < 50.0 {
            limit = limit.min(100.0);
        }
        percent(of, whole) >= limit
    }

    /// What is usual of a window, and how far it strays.
    fn usual(&self, buckets: &[Bucket], now: i64) -> (f64, f64) {
        let closed = self.closed(buckets, now);
        // A percentage does not grow with the number of buckets.
        let n = if self.whole.is_some() {
            1.0
        } else {
            self.buckets as f64
        };
        let since = buckets.first().map_or(now, |first| first.number);
        if self.seasonal && now - since >= 4 * 7 * DAY {
            let hour = |number: i64| number.div_euclid(12).rem_euclid(7 * 24);
            let same = closed.iter().filter(|(at, _)| hour(*at) == hour(now));
            // To a hundredth, in whole numbers: the sum of rounded fractions would be a little
            // off, and a share that is exactly at the limit would miss it.
            let hundredths = same.rev().take(4 * 12).map(|(_, value)| value * 100.0);
            let mut values: Vec<f64> = hundredths.map(f64::round).collect();
            if !values.is_empty() {
                let median = middle(&mut values);
                let mut strays: Vec<f64> = values.iter().map(|v| (v - median).abs()).collect();
                return (n * (median / 100.0), n * (middle(&mut strays) / 100.0));
            }
        }
        let (mut mean, mut square) = (0.0, 0.0);
        for (_, value) in closed {
            mean += WEIGHT * (value - mean);
            square += WEIGHT * (value * value - square);
        }
        let variance: f64 = square - mean * mean;
        (n * mean, (n * variance.max(0.0)).sqrt())
    }

    /// The buckets that are over and train, with their values.
    fn closed(&self, buckets: &[Bucket], now: i64) -> Vec<(i64, f64)> {
        let mut closed = Vec::new();
        for (at, bucket) in buckets.iter().enumerate() {
            if self.whole.is_none() {
                if !bucket.in_alert {
                    closed.push((bucket.number, f64::from(bucket.of)));
                }
                let next = buckets.get(at + 1).map_or(now, |next| next.number);
                closed.extend((bucket.number + 1..next).map(|empty| (empty, 0.0)));
            } else if bucket.whole >= ENOUGH && !bucket.in_alert {
                closed.push((bucket.number, percent(bucket.of, bucket.whole)));
            }
        }
        closed
    }
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 {
        values[half]
    } else {
        f64::midpoint(values[half - 1], values[half])
    }
}

fn percent(of: u32, whole: u32) -> f64 {
    100.0 * f64::from(of) / f64::from(whole)
}

const BUCKET: i64 = 300_000;
/// Buckets.
const DAY: i64 = 288;
const WEIGHT: f64 = 2.0 / 289.0;
/// Of fewer there is no percentage.
const ENOUGH: u32 = 5;
