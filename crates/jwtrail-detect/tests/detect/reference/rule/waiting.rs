use proptest::prelude::*;

use super::{Drawn, drawn, selected};
use crate::reference::meaning::Meaning;
use crate::reference::meaning::Of;
use crate::reference::text::{label, native, one_of};

/// Rules about what did not come.
pub(in crate::reference) fn rules_that_wait() -> impl Strategy<Value = Drawn> {
    let within = prop_oneof![Just(10_i64), Just(30), Just(60)];
    let of = (selected(), selected(), selected());
    (0..3_usize, within, of, 1..4_i64, 2..5_usize)
        .prop_map(|(kind, within, of, factor, few)| draw(kind, within, of, factor, few))
}

fn draw(
    kind: usize,
    seconds: i64,
    (one, other, third): (Of, Of, Of),
    factor: i64,
    few: usize,
) -> Drawn {
    let within = seconds * 1_000;
    let gap = "type: gap\n  field: seq".to_owned();
    let silence = format!(
        "type: absence\n  expect: {}\n  within: {seconds}s\n  until: {}",
        label(other),
        label(third)
    );
    let count = format!("type: event_count\n  window: {seconds}s\n  threshold: {few}");
    let missing = Meaning::Gap { of: one };
    let silent = Meaning::Absence {
        expect: other,
        until: third,
        within,
    };
    let (name, body, meaning) = match kind {
        0 => ("gap", native(one, &gap), missing),
        1 => ("absence", native(Of::All, &silence), silent),
        _ => {
            let parts = [
                ("gap", one, gap),
                ("silent", Of::All, silence),
                ("many", third, count),
            ];
            let many = Meaning::Count {
                of: third,
                at_least: few,
                window: within,
            };
            let all = Meaning::Any(vec![missing, silent, many]);
            ("any that waits", one_of(&parts), all)
        }
    };
    // What one event may lead to by several ways is in one episode.
    let least = if kind == 2 {
        within.max(30_000) + 1_000
    } else {
        1_000
    };
    drawn(name, &body, meaning, (within * factor).max(least))
}
