//! Memory: what the engine's state takes of the heap for each live key.
//!
//! `state [EVENTS [SUBJECTS]]` prints a report in JSON.

use jwtrail_bench::{Failure, Lines, flood, judge, traffic};
use jwtrail_detect::RuleSet;
use peak_alloc::PeakAlloc;
use serde_json::{Map, Value, json};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse());
    let events: u64 = numbers.next().transpose()?.unwrap_or(1_000_000);
    let subjects: u64 = numbers.next().transpose()?.unwrap_or(100_000);
    let lines = traffic(events, subjects);
    let all = RuleSet::embedded()?;
    let (bytes, keys) = held(all.clone(), &lines)?;
    let mut by_rule = Map::new();
    let mut keys_by_rule = Map::new();
    let names: Vec<String> = all.infos().map(|info| info.name.clone()).collect();
    for name in &names {
        let others = names.iter().filter(|other| *other != name);
        let one = others.fold(all.clone(), |set, other| set.without(other));
        let (bytes, keys) = held(one, &lines)?;
        let each = (keys > 0).then(|| bytes / keys);
        by_rule.insert(name.clone(), each.map_or(Value::Null, Value::from));
        keys_by_rule.insert(name.clone(), Value::from(keys));
    }
    let hostile = flood(FLOOD);
    let before = HEAP.current_usage();
    let flooded = judge(all, &hostile)?;
    let flooded_bytes = HEAP.current_usage().saturating_sub(before);
    let flooded = flooded.stats();
    let report = json!({
        "bytes_per_key": bytes as f64 / keys.max(1) as f64,
        "keys": keys,
        "bytes_per_key_by_rule": by_rule,
        "keys_by_rule": keys_by_rule,
        "flood": {
            "keys_sent": FLOOD,
            "bytes": flooded_bytes,
            "keys": flooded.rules.iter().map(|rule| rule.keys).sum::<usize>(),
            "evicted": flooded.rules.iter().map(|rule| rule.evicted_keys).sum::<u64>(),
            "open_alerts": flooded.open_alerts,
        },
    });
    println!("{report}");
    Ok(())
}

/// The bytes of the heap that an engine holds after the lines, beyond those of an empty one,
/// and its keys.
fn held(rules: RuleSet, lines: &Lines) -> Result<(usize, usize), Failure> {
    let empty = judge(rules.clone(), &Lines::default())?;
    let before = HEAP.current_usage();
    let engine = judge(rules, lines)?;
    let bytes = HEAP.current_usage().saturating_sub(before);
    drop(empty);
    let keys = engine.stats().rules.iter().map(|rule| rule.keys).sum();
    Ok((bytes, keys))
}

/// Five times what a rule keeps of keys.
const FLOOD: u64 = 1_000_000;
