use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// What a request takes while the trail's receivers are dead or deaf, beside what it takes while
/// they are well. Each bar that is met is a test passed.
pub(super) fn sinks(repository: &Repository, requests: &[String]) -> anyhow::Result<Totals> {
    process::run(&mut repository.cargo([
        "build",
        "--quiet",
        "--release",
        "--package",
        "jwtrail-actix",
        "--all-features",
        "--example",
        EXAMPLE,
    ]))?;
    let mut measure = Command::new(repository.release("examples").join(EXAMPLE));
    let printed = process::output(measure.args(requests))?;
    let report: Value = serde_json::from_str(&printed)?;
    let number = |pointer: &str| {
        let value = report.pointer(pointer).and_then(Value::as_f64);
        value.with_context(|| format!("{pointer} was not measured"))
    };
    let well = number("/well/p99_us")?;
    let mut totals = Totals::default();
    for state in ["dead", "deaf"] {
        let ratio = number(&format!("/{state}/p99_us"))? / well;
        let met = ratio <= BAR;
        let verdict = if met { "met" } else { "MISSED" };
        println!(
            "bench: p99 with {state} receivers, of that with well ones: {ratio:.3} ({verdict}: <= {BAR})"
        );
        totals.add(if met { Totals::PASSED } else { Totals::FAILED });
    }
    let dropped = number("/dropped")?;
    println!("bench: records lost meanwhile: {dropped}");
    totals.add(if dropped == 0.0 {
        Totals::PASSED
    } else {
        Totals::FAILED
    });
    let path = repository.report("bench-sinks.json", &report)?;
    println!("bench: {}", path.display());
    Ok(totals)
}

const EXAMPLE: &str = "sink_outage";
const BAR: f64 = 1.05;
