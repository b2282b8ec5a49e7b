use std::process::Command;
use std::time::{Duration, Instant};

use crate::repository::Repository;
use crate::totals::Totals;
use crate::{bench, process, quality, test, tidy};

/// Everything that a change has to pass. All steps run, also after one that failed.
pub(crate) fn ci(repository: &Repository) -> anyhow::Result<Totals> {
    let mut steps = Vec::new();
    for (name, perform) in STEPS {
        println!("\n=== {name}");
        steps.push(timed(name, || perform(repository)));
    }
    println!("\n{:<8}  {:>7}  result", "step", "seconds");
    let mut totals = Totals::default();
    for step in steps {
        let (name, seconds) = (step.name, step.took.as_secs());
        println!("{name:<8}  {seconds:>7}  {}", step.result);
        totals.add(step.totals);
    }
    Ok(totals)
}

type Perform = fn(&Repository) -> anyhow::Result<Totals>;

const STEPS: [(&str, Perform); 9] = [
    ("fmt", fmt),
    ("clippy", clippy),
    ("features", features),
    ("web", web),
    ("docs", docs),
    ("tidy", tidy::tidy),
    ("test", test::test),
    ("quality", small_quality),
    // The last one: it builds a workspace of its own.
    ("guard", bench::gate),
];

fn fmt(repository: &Repository) -> anyhow::Result<Totals> {
    process::run(&mut repository.cargo(["fmt", "--all", "--check"])).map(|()| Totals::PASSED)
}

fn clippy(repository: &Repository) -> anyhow::Result<Totals> {
    process::run(&mut repository.cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "--deny",
        "warnings",
    ]))
    .map(|()| Totals::PASSED)
}

/// The crates that others use compile without their features, too.
fn features(repository: &Repository) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    for package in ["jwtrail-event", "jwtrail-session", "jwtrail-actix"] {
        let bare = ["check", "--package", package, "--no-default-features"];
        process::run(&mut repository.cargo(bare))?;
        totals.add(Totals::PASSED);
    }
    Ok(totals)
}

/// The types of the dashboard's sources.
fn web(repository: &Repository) -> anyhow::Result<Totals> {
    test::install(repository)?;
    let mut check = Command::new("npm");
    check
        .current_dir(repository.path("web"))
        .args(["run", "check"]);
    process::run(&mut check).map(|()| Totals::PASSED)
}

fn docs(repository: &Repository) -> anyhow::Result<Totals> {
    process::run(
        repository
            .cargo(["doc", "--workspace", "--no-deps", "--all-features"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
    .map(|()| Totals::PASSED)
}

/// The rules against the attacks in a small crowd: what a change of a rule would lose.
fn small_quality(repository: &Repository) -> anyhow::Result<Totals> {
    quality::quality(repository, &[quality::QUICK.to_owned()])
}

struct Step {
    name: &'static str,
    took: Duration,
    totals: Totals,
    result: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a step took on this machine is what is asked"
)]
fn timed(name: &'static str, perform: impl FnOnce() -> anyhow::Result<Totals>) -> Step {
    let start = Instant::now();
    let outcome = perform();
    let took = start.elapsed();
    let (totals, result) = match outcome {
        Ok(totals) if totals.good() => (totals, "ok".to_owned()),
        Ok(totals) => {
            let result = format!("FAILED: {totals}");
            (totals, result)
        }
        Err(error) => (Totals::FAILED, format!("FAILED: {error:#}")),
    };
    Step {
        name,
        took,
        totals,
        result,
    }
}
