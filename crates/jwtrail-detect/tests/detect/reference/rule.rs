use proptest::prelude::*;

use super::meaning::{Meaning, Of};

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
pub(super) const TYPES: usize = 11;

pub(super) fn rules() -> impl Strategy<Value = Drawn> {
    let window = prop_oneof![Just(10_i64), Just(60), Just(300), Just(900)];
    let of = prop_oneof![
        Just(Of::Expired),
        Just(Of::Forged),
        Just(Of::Accepted),
        Just(Of::Rejected),
        Just(Of::All),
    ];
    let numbers = (2..6_usize, 0..3_usize, 1..5_usize, 1..3_i64);
    (0..TYPES, window, of.clone(), of, numbers)
        .prop_map(|(kind, window, one, other, numbers)| draw(kind, window, one, other, numbers))
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
            sigma(
                one,
                "value_sum",
                seconds,
                &format!("field: refresh_generation\n    gt: {}", few * 400),
            ),
            Meaning::Sum {
                of: one,
                more_than: (few * 400) as i64,
                window,
            },
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
            Meaning::Baseline {
                of: one,
                floor: few,
                deviations: 1 + u32::try_from(more).unwrap(),
                buckets: usize::try_from(factor).unwrap(),
            },
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
        _ => (
            "any",
            any(one, other, seconds, few, distinct),
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
    Drawn {
        name,
        text: format!("{body}{}", about(quiet / 1_000)),
        meaning,
        quiet,
    }
}

fn label(of: Of) -> &'static str {
    match of {
        Of::Expired => "expired",
        Of::Forged => "forged",
        Of::Accepted => "accepted",
        Of::Rejected => "rejected",
        Of::All => "decisions",
    }
}

fn detection(name: &str, of: Of) -> String {
    format!(
        "title: What is looked at\nname: {name}\nid: {}\nlogsource:\n  product: jwtrail\n{}",
        id(name.len() as u64 + 1),
        selections(of),
    )
}

fn selections(of: Of) -> String {
    format!(
        "detection:\n  expired:\n    reason: expired\n  forged:\n    reason: bad_signature\n  \
         accepted:\n    event: token.accepted\n  rejected:\n    event: token.rejected\n  decisions:\n    \
         event:\n      - token.accepted\n      - token.rejected\n  condition: {}\n",
        condition(of)
    )
}

/// Reasons alone would select other events, too.
fn condition(of: Of) -> String {
    format!("decisions and {}", label(of))
}

fn sigma(of: Of, kind: &str, seconds: i64, condition: &str) -> String {
    format!(
        "{}---\n{}correlation:\n  type: {kind}\n  rules:\n    - selected\n  group-by:\n    - \
         token_fp\n  timespan: {seconds}s\n  condition:\n    {condition}\n",
        detection("selected", of),
        head(),
    )
}

fn joined(one: Of, other: Of, kind: &str, seconds: i64) -> String {
    format!(
        "{}---\n{}---\n{}correlation:\n  type: {kind}\n  rules:\n    - first\n    - second\n  \
         group-by:\n    - token_fp\n  timespan: {seconds}s\n",
        detection("first", one),
        detection("second", other),
        head(),
    )
}

fn native(of: Of, body: &str) -> String {
    format!(
        "{}logsource:\n  product: jwtrail\n{}native:\n  {body}\n",
        head(),
        selections(of)
    )
}

fn any(one: Of, other: Of, seconds: i64, few: usize, distinct: usize) -> String {
    let part = |name: &str, of: Of, body: String| {
        format!("{}native:\n  {body}\n---\n", detection(name, of))
    };
    let count = format!("type: event_count\n  window: {seconds}s\n  threshold: {few}");
    let values = format!(
        "type: value_count\n  window: {seconds}s\n  field: address\n  threshold: {}",
        distinct + 1
    );
    format!(
        "{}{}{}native:\n  type: any\n  rules:\n    - many\n    - widely\n",
        part("many", one, count),
        part("widely", other, values),
        head(),
    )
}

fn head() -> String {
    format!(
        "title: A drawn rule\nname: drawn\nid: {}\ndescription: Drawn.\nreferences:\n  - none\n\
         falsepositives:\n  - none\nlevel: low\n",
        id(0)
    )
}

fn about(quiet: i64) -> String {
    format!(
        "jwtrail:\n  key: token\n  trust: none\n  quiet: {quiet}s\n  warm_up: none\n  response: \
         alert\n  missing: It does not count.\n  why: To test with.\n  max_keys: 1000\n  \
         max_entries: 400\n"
    )
}

fn id(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}
