use std::process::Command;

use anyhow::Context as _;
use serde_json::{Map, Value};

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Detection beside the bare parse and beside `rsigma-eval`, in one run; and what it holds of
/// memory. Each bar that is met is a test passed.
pub(super) fn detect(repository: &Repository, numbers: &[String]) -> anyhow::Result<Totals> {
    let target = repository.target("bench");
    let mut build = repository.cargo(["build", "--quiet", "--profile", "dist"]);
    // A folder of its own: its crates are built with other features.
    build
        .args(["--manifest-path", "bench/Cargo.toml", "--target-dir"])
        .arg(&target);
    process::run(&mut build)?;
    let mut report = Map::new();
    for binary in ["detect", "state"] {
        let mut measure = Command::new(target.join("dist").join(binary));
        measure.args(numbers);
        let printed = process::output(&mut measure)?;
        let part: Map<String, Value> = serde_json::from_str(&printed)?;
        report.extend(part);
    }
    let mut totals = Totals::default();
    for bar in BARS {
        let value = (bar.value)(&report);
        let value = value.with_context(|| format!("{} was not measured", bar.what))?;
        let met = if bar.at_least {
            value >= bar.bar
        } else {
            value <= bar.bar
        };
        let sign = if bar.at_least { ">=" } else { "<=" };
        let verdict = if met { "met" } else { "MISSED" };
        println!(
            "bench: {}: {value:.2} ({verdict}: {sign} {})",
            bar.what, bar.bar
        );
        totals.add(if met { Totals::PASSED } else { Totals::FAILED });
    }
    let path = repository.report("bench-detect.json", &Value::Object(report))?;
    println!("bench: {}", path.display());
    Ok(totals)
}

struct Bar {
    what: &'static str,
    value: fn(&Map<String, Value>) -> Option<f64>,
    at_least: bool,
    bar: f64,
}

const BARS: [Bar; 5] = [
    Bar {
        what: "all rules, of the bare parse",
        value: |report| Some(number(report, "all_rules_eps")? / number(report, "parse_only_eps")?),
        at_least: true,
        bar: 0.4,
    },
    Bar {
        what: "all rules, times rsigma-eval with what Sigma has of them",
        value: |report| Some(number(report, "all_rules_eps")? / number(report, "rsigma_eps")?),
        at_least: true,
        bar: 5.0,
    },
    Bar {
        what: "an event at 100,000 distinct values, times one at 1,000",
        value: |report| {
            let by = report.get("eps_by_distinct")?.as_object()?;
            Some(number(by, "1000")? / number(by, "100000")?)
        },
        at_least: false,
        bar: 1.3,
    },
    Bar {
        what: "bytes of state for a key",
        value: |report| number(report, "bytes_per_key"),
        at_least: false,
        bar: 200.0,
    },
    Bar {
        what: "two shards, times one",
        value: |report| number(report, "two_shards_speedup"),
        at_least: true,
        bar: 1.7,
    },
];

fn number(of: &Map<String, Value>, name: &str) -> Option<f64> {
    of.get(name)?.as_f64()
}
