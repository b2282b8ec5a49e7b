use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::python;
use super::tools::example;
use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Gives a scan's report in every format to readers that others wrote: SARIF to its schema,
/// JUnit to a stock parser.
pub(super) fn reports(repository: &Repository) -> anyhow::Result<Totals> {
    let folder = repository.path("target/report-readers");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = python::environment(&folder, "jsonschema, junitparser", &READERS)?;
    let schema = schema_package(&folder)?;
    let written = folder.join("written");
    let mut render = Command::new(example(repository, "render")?);
    render
        .arg(repository.path("crates/jwtrail-scan/tests/it/samples/report.json"))
        .arg(&written);
    process::run(&mut render)?;
    let mut totals = Totals::default();
    let mut check = Command::new(python);
    check
        .arg(repository.path("xtask/src/test/read_reports.py"))
        .args([
            &written,
            &schema,
            &repository.path("schemas/report.schema.json"),
        ]);
    let status = process::watched(&mut check, |line| totals.add_tap_line(line))?;
    if !status.success() && totals.good() {
        totals.fail(format!("the readers of reports ended with {status}"));
    }
    Ok(totals)
}

/// The npm package that brings SARIF's schema.
fn schema_package(folder: &Path) -> anyhow::Result<PathBuf> {
    let package = folder.join(SCHEMA_FILE);
    if !package.is_file() {
        process::run(Command::new("npm").current_dir(folder).args([
            "pack",
            "--silent",
            SCHEMA_PACKAGE,
        ]))?;
    }
    Ok(package)
}

const READERS: [&str; 2] = ["jsonschema==4.26.0", "junitparser==5.0.3"];
const SCHEMA_PACKAGE: &str = "@microsoft/jest-sarif@1.0.0-beta.0";
const SCHEMA_FILE: &str = "microsoft-jest-sarif-1.0.0-beta.0.tgz";
