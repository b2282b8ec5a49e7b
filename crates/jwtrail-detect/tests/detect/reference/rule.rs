mod usual;
mod waiting;

use proptest::prelude::*;

use super::baseline::Usual;
use super::meaning::{Meaning, Of, Statistic};
use super::text::{about, joined, label, native, one_of, sigma, statistic};
pub(super) use usual::rules_of_the_usual;
pub(super) use waiting::rules_that_wait;

/// A rule as a file says it, and what it means.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) meaning: Meaning,
    /// Milliseconds.
    pub(super) quiet: i64,
}

/// How many types are drawn.
pub(super) const TYPES: usize = 14;

pub(super) fn rules() -> impl Strategy<Value = Drawn> {
    let window = prop_oneof![Just(10_i64), Just(60), Just(300), Just(900)];
    let numbers = (2..6_usize, 0..3_usize, 1..5_usize, 1..3_i64);
    (0..TYPES, window, selected(), selected(), numbers)
        .prop_map(|(kind, window, one, other, numbers)| draw(kind, window, one, other, numbers))
}

fn selected() -> impl Strategy<Value = Of> {
    prop_oneof![
        Just(Of::Expired),
        Just(Of::Forged),
        Just(Of::Accepted),
        Just(Of::Rejected),
        Just(Of::All),
    ]
}

fn draw(
    kind: usize,
    seconds: i64,
    one: Of,
    other: Of,
    (few, more, distinct, factor): (usize, usize, usize, i64),
) -> Drawn {
    let window = seconds * 1_000;
    let quiet = window * factor;
    let numbers = |what: Statistic, more_than: usize| Meaning::Statistic {
        what,
        of: one,
        more_than: more_than as i64,
        window,
    };
    let (name, body, meaning) = match kind {
        0 => (
            "event_count",
            sigma(one, "event_count", seconds, &format!("gte: {few}")),
            Meaning::Count {
                of: one,
                at_least: few,
                window,
            },
        ),
        1 => (
            "event_count between",
            sigma(
                one,
                "event_count",
                seconds,
                &format!("gt: {few}\n    lte: {}", few + more + 1),
            ),
            Meaning::CountBetween {
                of: one,
                from: few + 1,
                to: few + more + 1,
                window,
            },
        ),
        2 => (
            "value_count",
            sigma(
                one,
                "value_count",
                seconds,
                &format!("field: address\n    gte: {few}"),
            ),
            Meaning::Distinct {
                of: one,
                at_least: few,
                window,
            },
        ),
        3 => (
            "value_sum",
            statistic(one, "value_sum", seconds, few * 400, ""),
            numbers(Statistic::Sum, few * 400),
        ),
        4 => (
            "new_value",
            native(
                Of::All,
                &format!(
                    "type: new_value\n  field: address\n  memory: {seconds}s\n  learn: {}\n  fire: {}",
                    label(one),
                    label(other)
                ),
            ),
            Meaning::NewAddress {
                learn: one,
                fire: other,
                memory: window,
            },
        ),
        5 => (
            "interleaved",
            native(
                one,
                &format!(
                    "type: interleaved\n  window: {seconds}s\n  turns: {}",
                    3 + more
                ),
            ),
            Meaning::Turns {
                of: one,
                turns: 3 + more,
                window,
            },
        ),
        6 => (
            "ratio",
            native(
                Of::All,
                &format!(
                    "type: ratio\n  window: {seconds}s\n  part: {}\n  whole: decisions\n  threshold: {few}\n  percent: {}\n  field: address\n  distinct: {distinct}",
                    label(one),
                    20 + 30 * more,
                ),
            ),
            Meaning::Ratio {
                part: one,
                at_least: few,
                percent: 20 + 30 * more,
                distinct,
                window,
            },
        ),
        7 => (
            "baseline",
            native(
                Of::All,
                &format!(
                    "type: baseline\n  window: {}m\n  of: {}\n  floor: {few}\n  deviations: {}\n  model: ewma",
                    5 * factor,
                    label(one),
                    1 + more,
                ),
            ),
            Meaning::Baseline(Usual {
                of: one,
                whole: None,
                floor: few,
                deviations: 1 + u32::try_from(more).unwrap(),
                buckets: factor,
                seasonal: false,
                spread: None,
            }),
        ),
        8 => (
            "temporal",
            joined(one, other, "temporal", seconds),
            Meaning::All { one, other, window },
        ),
        9 => (
            "temporal_ordered",
            joined(one, other, "temporal_ordered", seconds),
            Meaning::Ordered { one, other, window },
        ),
        10 => (
            "value_avg",
            statistic(one, "value_avg", seconds, few * 150, ""),
            numbers(Statistic::Average, few * 150),
        ),
        11 => (
            "value_median",
            statistic(one, "value_median", seconds, few * 150, ""),
            numbers(Statistic::Median, few * 150),
        ),
        12 => {
            let rank = 25 * distinct;
            let more = format!("\n    percentile: {rank}");
            (
                "value_percentile",
                statistic(one, "value_percentile", seconds, few * 150, &more),
                numbers(Statistic::Percentile(rank), few * 150),
            )
        }
        _ => (
            "any",
            one_of(&[
                (
                    "many",
                    one,
                    format!("type: event_count\n  window: {seconds}s\n  threshold: {few}"),
                ),
                (
                    "widely",
                    other,
                    format!(
                        "type: value_count\n  window: {seconds}s\n  field: address\n  threshold: {}",
                        distinct + 1
                    ),
                ),
            ]),
            Meaning::Any(vec![
                Meaning::Count {
                    of: one,
                    at_least: few,
                    window,
                },
                Meaning::Distinct {
                    of: other,
                    at_least: distinct + 1,
                    window,
                },
            ]),
        ),
    };
    // A baseline's window is not the others'.
    let quiet = if kind == 7 {
        5 * 60_000 * factor
    } else {
        quiet
    };
    drawn(name, &body, meaning, quiet)
}

fn drawn(name: &'static str, body: &str, meaning: Meaning, quiet: i64) -> Drawn {
    Drawn {
        name,
        text: format!("{body}{}", about(quiet / 1_000)),
        meaning,
        quiet,
    }
}
