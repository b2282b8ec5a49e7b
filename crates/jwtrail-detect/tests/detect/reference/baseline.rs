use super::meaning::{Of, Said};
use crate::support::{Happening, START};

/// From the definition: a list of all buckets since the first event, and the moving averages
/// over those that were not in alert.
pub(super) fn over(
    events: &[&Happening],
    of: Of,
    floor: usize,
    deviations: u32,
    buckets: usize,
) -> Vec<Said> {
    let bucket = |event: &Happening| (START + event.at).div_euclid(BUCKET);
    let mut said = Vec::new();
    // The count of each bucket so far, and whether it was in alert.
    let mut counts: Vec<(i64, u32, bool)> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if !of.selects(event) {
            said.push(Said::Ignored);
            continue;
        }
        let now = bucket(event);
        match counts.last_mut() {
            Some((last, count, _)) if *last == now => *count += 1,
            _ => counts.push((now, 1, false)),
        }
        let (mean, variance) = averages(&counts[..counts.len() - 1], now);
        let span = i64::try_from(buckets).unwrap();
        let recent = counts.iter().filter(|(bucket, ..)| *bucket > now - span);
        let value: u32 = recent.map(|(_, count, _)| count).sum();
        let n = f64::from(u32::try_from(buckets).unwrap());
        let limit = n * mean + f64::from(deviations) * (n * variance).sqrt().max(1.0);
        let met = value as usize >= floor && f64::from(value) >= limit;
        if met {
            counts.last_mut().unwrap().2 = true;
            let oldest = event.at - span * BUCKET;
            let inside = |at: &usize| events[*at].at > oldest && of.selects(events[*at]);
            said.push(Said::Met((0..=at).filter(inside).collect()));
        } else {
            said.push(Said::Ignored);
        }
    }
    said
}

fn averages(closed: &[(i64, u32, bool)], now: i64) -> (f64, f64) {
    let (mut mean, mut square) = (0.0, 0.0);
    let mut train = |value: f64| {
        mean += WEIGHT * (value - mean);
        square += WEIGHT * (value * value - square);
    };
    for (at, (bucket, count, in_alert)) in closed.iter().enumerate() {
        if !in_alert {
            train(f64::from(*count));
        }
        let next = closed.get(at + 1).map_or(now, |(next, ..)| *next);
        (bucket + 1..next).for_each(|_| train(0.0));
    }
    let variance: f64 = square - mean * mean;
    (mean, variance.max(0.0))
}

const BUCKET: i64 = 300_000;
const WEIGHT: f64 = 2.0 / 289.0;
