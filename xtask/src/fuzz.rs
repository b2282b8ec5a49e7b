use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Runs every fuzz target, or those that are named, for some seconds each: `[TARGET...]
/// [--seconds N]`. A finding stands in `fuzz/artifacts` and fails.
pub(crate) fn fuzz(repository: &Repository, arguments: &[String]) -> anyhow::Result<Totals> {
    let asked = Asked::parse(arguments, &targets(repository)?)?;
    install(repository)?;
    let mut totals = Totals::default();
    for target in &asked.targets {
        let ended = process::run(&mut command(repository, target, asked.seconds)?);
        match ended {
            Ok(()) => totals.add(Totals::PASSED),
            Err(error) => totals.fail(format!("fuzz: {target}: {error:#}")),
        }
    }
    Ok(totals)
}

struct Asked {
    targets: Vec<String>,
    seconds: u64,
}

impl Asked {
    fn parse(arguments: &[String], known: &[String]) -> anyhow::Result<Self> {
        let (mut targets, mut seconds) = (Vec::new(), SECONDS);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--seconds" {
                let number = arguments.next().context("--seconds takes a number")?;
                seconds = number
                    .parse()
                    .with_context(|| format!("`{number}` is no number of seconds"))?;
            } else if known.contains(argument) {
                targets.push(argument.clone());
            } else {
                anyhow::bail!("no target is called `{argument}`; there are {known:?}");
            }
        }
        if targets.is_empty() {
            targets = known.to_vec();
        }
        Ok(Self { targets, seconds })
    }
}

fn targets(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let directory = repository.path("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).context("cannot read fuzz/fuzz_targets")? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        names.push(name.into_owned());
    }
    names.sort();
    Ok(names)
}

fn install(repository: &Repository) -> anyhow::Result<()> {
    let mut version = repository.cargo(["fuzz", "--version"]);
    if process::output(&mut version).is_ok() {
        return Ok(());
    }
    process::run(&mut repository.cargo(["install", "cargo-fuzz", "--locked"]))
}

fn command(repository: &Repository, target: &str, seconds: u64) -> anyhow::Result<Command> {
    let corpus = repository.path("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    // Our crates forbid unsafe code, so that the coverage is what is needed of the compiler.
    let mut command = repository.cargo(["fuzz", "run", "--sanitizer", "none", target]);
    command
        .env("RUSTC_BOOTSTRAP", "1") // libFuzzer's instrumentation on the stable compiler
        .arg(corpus)
        .args(seeds(repository, target))
        .args(["--", "-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"])
        .arg(format!("-max_total_time={seconds}"));
    Ok(command)
}

fn seeds(repository: &Repository, target: &str) -> Vec<PathBuf> {
    let own = format!("fuzz/seeds/{target}");
    let elsewhere = SEEDS.iter().filter(|(name, _)| *name == target);
    let relative = elsewhere.map(|(_, path)| *path).chain([own.as_str()]);
    let paths = relative.map(|path| repository.path(path));
    paths.filter(|path| path.is_dir()).collect()
}

/// In which directories of the repository a target finds examples beside its own.
const SEEDS: [(&str, &str); 2] = [("rule", "rules"), ("event_line", "rules/fixtures")];

const SECONDS: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seconds_are_taken_and_others_refused() {
        let known = ["claims".to_owned(), "header".to_owned()];
        let parse = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            Asked::parse(&words, &known)
        };
        let all = parse(&[]).unwrap();
        assert_eq!((all.targets.len(), all.seconds), (2, 60));
        let one = parse(&["header", "--seconds", "5"]).unwrap();
        assert_eq!((one.targets, one.seconds), (vec!["header".to_owned()], 5));
        for wrong in [&["heather"][..], &["--seconds"], &["--seconds", "soon"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
