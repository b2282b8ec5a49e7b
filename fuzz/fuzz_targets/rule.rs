//! A rule file, and the events of a quarter of an hour against what it says.
#![no_main]

use std::sync::OnceLock;

use jwtrail_detect::{Replay, RuleSet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let rules = match RuleSet::parse([("fuzzed.yml", text)]) {
        Ok(rules) => rules,
        Err(error) => {
            assert!(!error.problems().is_empty());
            return;
        }
    };
    let mut replay = Replay::new(rules);
    for line in events() {
        replay.line(line);
    }
    let (alerts, stats) = replay.finish();
    assert!(alerts.len() as u64 <= stats.events.saturating_mul(8));
});

fn events() -> &'static [Vec<u8>] {
    static EVENTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let text = include_bytes!("../../rules/fixtures/good.ndjson");
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        lines.take(200).map(<[u8]>::to_vec).collect()
    })
}
