use proptest::prelude::*;

use super::{Drawn, drawn, selected};
use crate::reference::baseline::Usual;
use crate::reference::meaning::{Meaning, Of};
use crate::reference::text::{label, native};

/// Rules about more than usual.
pub(in crate::reference) fn rules_of_the_usual() -> impl Strategy<Value = Drawn> {
    let numbers = (1..7_usize, 1..4_u32, 1..3_i64);
    let spread = prop::option::of((1..4_usize, prop::option::of(1..5_usize)));
    let whole = prop::option::weighted(0.4, Just(Of::All));
    (selected(), whole, numbers, any::<bool>(), spread).prop_map(
        |(of, whole, (floor, deviations, buckets), seasonal, spread)| {
            let usual = Usual {
                of,
                whole,
                floor,
                deviations,
                buckets,
                seasonal,
                spread: spread.map(|(least, each)| (least, each.unwrap_or(usize::MAX))),
            };
            let text = native(Of::All, &body(&usual));
            let quiet = 300_000 * buckets;
            drawn(name(&usual), &text, Meaning::Baseline(usual), quiet)
        },
    )
}

fn body(usual: &Usual) -> String {
    let mut body = format!(
        "type: baseline\n  window: {}m\n  of: {}\n  floor: {}\n  deviations: {}\n  model: {}",
        5 * usual.buckets,
        label(usual.of),
        usual.floor,
        usual.deviations,
        if usual.seasonal { "seasonal" } else { "ewma" },
    );
    if let Some(whole) = usual.whole {
        body.push_str(&format!("\n  whole: {}", label(whole)));
    }
    if let Some((at_least, each)) = usual.spread {
        body.push_str("\n  spread:\n    field: address");
        body.push_str(&format!("\n    at_least: {at_least}"));
        if each < usize::MAX {
            body.push_str(&format!("\n    at_most_each: {each}"));
        }
    }
    body
}

const fn name(usual: &Usual) -> &'static str {
    match (usual.whole, usual.seasonal, usual.spread) {
        (None, false, None) => "count",
        (None, true, None) => "seasonal count",
        (None, false, Some(_)) => "spread count",
        (None, true, Some(_)) => "spread seasonal count",
        (Some(_), false, None) => "share",
        (Some(_), true, None) => "seasonal share",
        (Some(_), false, Some(_)) => "spread share",
        (Some(_), true, Some(_)) => "spread seasonal share",
    }
}
