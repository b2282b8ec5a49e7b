//! The project's own tasks, run as `cargo xtask TASK`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task speaks to whoever runs it"
)]

mod bench;
mod ci;
mod corpus;
mod failures;
mod foreign;
mod fuzz;
mod generate;
mod process;
mod properties;
mod quality;
mod repository;
mod test;
mod tidy;
mod totals;

use std::process::ExitCode;

use repository::Repository;
use totals::Totals;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("", &[][..]),
    };
    match perform(task, rest) {
        Ok(totals) if totals.good() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Performs a task. One that counts prints its totals as its closing line.
fn perform(task: &str, rest: &[String]) -> anyhow::Result<Totals> {
    let repository = Repository::find()?;
    match task {
        "tidy" => tidy::tidy(&repository),
        "generate" => generate::generate(&repository).map(|()| Totals::default()),
        "test" => closing(test::test(&repository)?),
        "fuzz" => closing(fuzz::fuzz(&repository, rest)?),
        "scan-foreign" => closing(foreign::scan_foreign(&repository, rest)?),
        "properties" => closing(properties::properties(&repository, rest)?),
        "quality" => closing(quality::quality(&repository, rest)?),
        "corpus" => closing(corpus::corpus(&repository)?),
        "bench" => closing(bench::bench(&repository, rest)?),
        "collector" => closing(test::collector(&repository)?),
        "mail" => closing(test::mail(&repository)?),
        "formats" => closing(test::formats(&repository, rest)?),
        "sigma" => closing(test::sigma(&repository, rest)?),
        "readme" => closing(test::readme(&repository)?),
        "ci" => closing(ci::ci(&repository)?),
        "" => anyhow::bail!("no task given\n\n{HELP}"),
        other => anyhow::bail!("no task is called `{other}`\n\n{HELP}"),
    }
}

fn closing(totals: Totals) -> anyhow::Result<Totals> {
    let failures = totals.failures.to_string();
    if !failures.is_empty() {
        println!("\n=== what failed\n{failures}");
    }
    println!("{totals}");
    Ok(totals)
}

const HELP: &str = "\
usage: cargo xtask TASK

  tidy          crate edges, licences, generated files, forbidden text
  generate      write the generated files anew (schemas/)
  test          install what the tests need, then run all of them
  corpus        read every public API document that npm packages bring
  bench         measure against the bars: detect [EVENTS [SUBJECTS]]
                or guard [--gate] [--renew] [VARIANT/ALGORITHM...], or sinks [REQUESTS]
  properties    tests of the engine and the reader over 10,000 cases: [--cases N]
  quality       what the rules miss and whom they wake for nothing: [--quick] [--seeds N | --seed N]
  readme        run the README's blocks alone
  collector     have receivers of OTLP that others wrote compare what they get, alone
  mail          have a mail server that others wrote take alerts, alone
  formats       have events in OCSF and ECS checked against the schemas alone: [--binary PATH]
  sigma         have sigma-cli check and convert the rules alone: [--binary PATH]
  fuzz          run the fuzz targets: [TARGET...] [--seconds N], 60 seconds each by default
  scan-foreign  scan services from npm and PyPI: [NAME...] [--binary PATH]
  ci            fmt, clippy, features, web, docs, tidy, test, quality, guard: what a change has to pass";
