//! What the rules find of what the generator mixed in, whom they wake for nothing, and whether
//! this run could fail at all. `cargo xtask quality` runs it.
//!
//! `cargo run --release -p jwtrail-detect --example quality -- [--quick] [--seeds N]
//! [--subjects N] [--days N] [--rules DIR] [--report FILE]`

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
    let mut whole = Judgement::default();
    for outcome in run::all(&options, &files)? {
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
