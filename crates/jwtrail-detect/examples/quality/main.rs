//! What the rules find of what the generator mixed in, whom they wake for nothing, and whether
//! this run could fail at all. `cargo xtask quality` runs it.
//!
//! `cargo run --release -p jwtrail-detect --example quality -- [--quick] [--seeds N | --seed N]
//! [--subjects N] [--days N] [--copies N] [--attacks LIST] [--verbose] [--rules DIR] [--report FILE]`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example that prints what it measured"
)]

mod doubled;
mod judge;
mod options;
mod report;
mod run;
mod sensitivity;

use std::process::ExitCode;

use crate::judge::Judgement;
use crate::options::Options;
use crate::report::Report;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every bar was met.
fn measure() -> Result<bool, Failure> {
    let options = Options::read()?;
    let files = options.rule_files()?;
    let there = |rule: &&str| {
        files
            .iter()
            .any(|(file, _)| file.strip_suffix(".yml") == Some(rule))
    };
    let rules = options.attacks.iter().map(|attack| attack.rule());
    let mut whole = Judgement {
        missing: rules.filter(|rule| !there(rule)).collect(),
        ..Judgement::default()
    };
    for outcome in run::all(&options, &files)? {
        if options.verbose {
            outcome.show();
        }
        whole.add(&outcome);
    }
    let sensitivity = sensitivity::run(&options, &files, &whole)?;
    let report = Report::new(&options, &whole, &sensitivity);
    print!("{}", report.table());
    if let Some(path) = &options.report {
        std::fs::write(path, report.json()?)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(report.misses().is_empty())
}
