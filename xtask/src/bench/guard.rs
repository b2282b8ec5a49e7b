//! What a protected request costs: instructions and CPU time, beside a bare service and others.

mod asked;
mod cpu;
mod foreign;
mod gate;
mod instructions;
mod report;
mod server;
mod soak;
mod variant;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::repository::Repository;
use crate::totals::Totals;
use crate::{process, test};
use asked::Asked;
use foreign::Foreign;
use report::Report;
pub(super) use soak::soak;
use variant::{Algorithm, Case};

/// Measures and writes `bench-guard.json`, and beside it what it is with bad tokens among the
/// load. With `--gate` only the instructions that a change
/// must not raise are counted and held against the baseline, which `--renew` writes anew.
pub(super) fn guard(repository: &Repository, arguments: &[String]) -> anyhow::Result<Totals> {
    let asked = Asked::parse(arguments)?;
    let bench = Bench::build(repository)?;
    test::install_by_apt("valgrind")?;
    if asked.gate {
        return gate::gate(repository, &bench, asked.renew);
    }
    let foreign = Foreign::install(&bench, &asked.cases);
    let mut report = Report::default();
    let ours = asked.cases.iter().filter(|case| !case.variant.is_foreign());
    for case in ours {
        report.instructions(*case, instructions::of(&bench, *case)?);
    }
    for algorithm in Algorithm::ALL {
        let cases = asked.of_algorithm(algorithm);
        let cases: Vec<Case> = cases.filter(|case| foreign.can_run(*case)).collect();
        for (case, spent) in cpu::of(&bench, &cases)? {
            report.cpu(case, &spent);
        }
    }
    repository.report("bench-guard-mixed.json", &report.json_with_bad_tokens())?;
    let path = repository.report("bench-guard.json", &report.json())?;
    println!("\n{report}\n{}", path.display());
    let (missed, text) = report.bars();
    println!("\n{text}");
    Ok(match missed {
        0 => Totals::PASSED,
        _ => Totals::FAILED,
    })
}

/// The program of `benches/guard`, and where it may write.
struct Bench {
    program: PathBuf,
    folder: PathBuf,
}

impl Bench {
    /// Where Envoy is installed.
    fn envoy(&self) -> PathBuf {
        self.folder.join("envoy")
    }

    fn build(repository: &Repository) -> anyhow::Result<Self> {
        let mut build = repository.cargo(["build", "--locked", "--profile", "dist"]);
        build
            .current_dir(repository.path("benches/guard"))
            .arg("--target-dir")
            .arg(repository.target(""))
            // Other features of a dependency are other instructions.
            .env_remove("CARGO_RESOLVER_FEATURE_UNIFICATION");
        process::run(&mut build)?;
        let folder = repository.target("bench-guard");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self {
            program: repository.target("dist/jwtrail-bench-guard"),
            folder,
        })
    }

    /// The tokens of the load, made anew: they end after some hours.
    fn tokens(&self, algorithm: Algorithm) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(format!("tokens-{}", algorithm.name()));
        let mut mint = std::process::Command::new(&self.program);
        mint.args(["tokens", algorithm.name(), TOKENS]).arg(&path);
        process::run(&mut mint)?;
        Ok(path)
    }
}

const TOKENS: &str = "10000";
