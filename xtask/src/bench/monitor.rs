use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// How fast a monitor judges a log that waits for it, beside parsing and judging its records one by
/// one and nothing else. There is no bar: what is measured is a ratio to watch.
pub(super) fn monitor(repository: &Repository, records: &[String]) -> anyhow::Result<Totals> {
    process::run(&mut repository.cargo([
        "build",
        "--quiet",
        "--release",
        "--package",
        "jwtrail-monitor",
        "--all-features",
        "--example",
        EXAMPLE,
    ]))?;
    let mut measure = Command::new(repository.release("examples").join(EXAMPLE));
    let printed = process::output(measure.args(records))?;
    let report: Value = serde_json::from_str(&printed)?;
    let ratio = report.get("ratio_to_alone").and_then(Value::as_f64);
    let ratio = ratio.context("the ratio was not measured")?;
    println!("bench: a monitor judges {ratio:.3} of what parsing and judging alone does");
    let path = repository.report("bench-monitor.json", &report)?;
    println!("bench: {}", path.display());
    Ok(Totals::PASSED)
}

const EXAMPLE: &str = "replay_rate";
