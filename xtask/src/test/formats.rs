use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::python;
use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// The same as a task of its own, with a binary that is built already: `--binary PATH`.
pub(crate) fn formats(repository: &Repository, rest: &[String]) -> anyhow::Result<Totals> {
    match rest {
        [] => with(repository, &repository.binary()?),
        [option, path] if option == "--binary" => with(repository, Path::new(path)),
        _ => anyhow::bail!("use: cargo xtask formats [--binary PATH]"),
    }
}

/// Has every event in OCSF and in ECS, and an alert as a finding, checked against the schemas, as their publishers' own
/// releases say them.
pub(super) fn with(repository: &Repository, binary: &Path) -> anyhow::Result<Totals> {
    let folder = repository.path("target/format-readers");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let events = repository.path("crates/jwtrail-event/tests/it/samples/events.ndjson");
    let mut totals = Totals::default();

    let ocsf = converted(binary, &events, "ocsf", &folder)?;
    let modules = "jsonschema, ocsf_json_schema";
    let python = python::environment(&folder, modules, &OCSF)?;
    let findings = "crates/jwtrail-monitor/tests/monitor/samples/findings.ndjson";
    for (events, least) in [(ocsf, EVENTS), (repository.path(findings), "1")] {
        let mut check = Command::new(&python);
        check.arg(repository.path("xtask/src/test/read_ocsf.py"));
        read(check.arg(events).arg(least), &mut totals)?;
    }

    let ecs = converted(binary, &events, "ecs", &folder)?;
    let mut check = Command::new("node");
    check.arg(repository.path("xtask/src/test/read_ecs.cjs"));
    read(check.arg(ecs_package(&folder)?).arg(ecs), &mut totals)?;
    Ok(totals)
}

fn converted(binary: &Path, events: &Path, to: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let mut convert = Command::new(binary);
    let text = process::output(convert.args(["convert", "--to", to]).arg(events))?;
    let path = folder.join(format!("events.{to}.ndjson"));
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn read(check: &mut Command, totals: &mut Totals) -> anyhow::Result<()> {
    let mut own = Totals::default();
    let status = process::watched(check, |line| own.add_tap_line(line))?;
    if !status.success() && own.good() {
        own.fail(format!("the reader ended with {status}"));
    }
    totals.add(own);
    Ok(())
}

/// The npm package that brings the fields of ECS.
fn ecs_package(folder: &Path) -> anyhow::Result<PathBuf> {
    let package = folder.join("node_modules/@elastic/ecs");
    if !package.join("package.json").is_file() {
        process::run(Command::new("npm").current_dir(folder).args([
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            ECS,
        ]))?;
    }
    Ok(package)
}

/// How many kinds of events there are.
const EVENTS: &str = "28";

/// Holds the exports of OCSF's releases.
const OCSF: [&str; 2] = ["jsonschema==4.26.0", "ocsf-json-schema==1.2.0"];

const ECS: &str = "@elastic/ecs@9.4.0";
