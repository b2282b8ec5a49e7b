use std::fs;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Runs synthetic traffic through all rules: what they miss, whom they wake for nothing, and
/// whether that would show.
pub(crate) fn quality(repository: &Repository, rest: &[String]) -> anyhow::Result<Totals> {
    // A small run says too little to stand in for a whole one.
    let name = if rest.iter().any(|argument| argument == QUICK) {
        "quality-quick.json"
    } else {
        "quality.json"
    };
    let report = repository.path("target/reports").join(name);
    fs::create_dir_all(repository.path("target/reports"))?;
    process::run(&mut repository.cargo(BUILD))?;
    let mut measure = std::process::Command::new(repository.release("examples/quality"));
    measure
        .arg("--rules")
        .arg(repository.path("rules"))
        .arg("--report")
        .arg(&report)
        .args(rest);
    let mut failed = Totals::FAILED;
    let status = process::watched(&mut measure, |line| {
        if line.starts_with("bar missed: ") || line.starts_with("missed: ") {
            failed.failures.note(format!("quality: {line}"));
        }
    })?;
    println!("quality: {}", report.display());
    match status.code() {
        Some(0) => Ok(Totals::PASSED),
        Some(1) => Ok(failed),
        _ => anyhow::bail!("the quality run ended with {status}"),
    }
}

/// One small seed.
pub(crate) const QUICK: &str = "--quick";
const BUILD: [&str; 7] = [
    "build",
    "--quiet",
    "--release",
    "--package",
    "jwtrail-detect",
    "--example",
    "quality",
];
