use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::tools::install_by_apt;
use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Sends one of each event over every protocol of OpenTelemetry to receivers that others wrote,
/// who compare what came with the NDJSON file as jq reads it.
pub(crate) fn collector(repository: &Repository) -> anyhow::Result<Totals> {
    install_by_apt("jq")?;
    let folder = repository.path("target/collector");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = python(&folder)?;
    let written = folder.join("written");
    if written.is_dir() {
        fs::remove_dir_all(&written)?;
    }
    fs::create_dir(&written)?;
    let sources = repository.path("xtask/src/test/collector");
    let mut receive = Command::new(python);
    receive
        .arg(sources.join("receive.py"))
        .arg(sources.join("lines.jq"))
        .arg(repository.path("crates/jwtrail-event/tests/it/samples/events.ndjson"))
        .arg(&written)
        .arg(sender(repository)?);
    let mut totals = Totals::default();
    let status = process::watched(&mut receive, |line| totals.add_tap_line(line))?;
    if !status.success() && totals.good() {
        println!("the receivers ended with {status}");
        totals.add(Totals::FAILED);
    }
    Ok(totals)
}

/// Builds the example that sends, and says where it is.
fn sender(repository: &Repository) -> anyhow::Result<PathBuf> {
    process::run(&mut repository.cargo([
        "build",
        "--quiet",
        "--package",
        "jwtrail-actix",
        "--all-features",
        "--example",
        EXAMPLE,
    ]))?;
    Ok(repository.built("examples").join(EXAMPLE))
}

/// A Python that has the receivers, in an environment of its own.
fn python(folder: &Path) -> anyhow::Result<PathBuf> {
    let python = folder.join("python/bin/python");
    let has_all = |python: &Path| {
        let mut import = Command::new(python);
        import.args(["-c", "import grpc, opentelemetry.proto"]);
        python.is_file() && process::output(&mut import).is_ok()
    };
    if has_all(&python) {
        return Ok(python);
    }
    process::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder.join("python")),
    )?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(RECEIVERS),
    )?;
    Ok(python)
}

const EXAMPLE: &str = "send_everything";
const RECEIVERS: [&str; 2] = ["opentelemetry-proto==1.45.2", "grpcio==1.85.3"];
