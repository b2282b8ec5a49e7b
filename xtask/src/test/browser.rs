use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Drives the dashboard of a running `jwtrail` with a real browser.
pub(super) fn browser(repository: &Repository, binary: &Path) -> anyhow::Result<Totals> {
    let tests = tests(&repository.path("web/e2e"))?;
    anyhow::ensure!(!tests.is_empty(), "web/e2e holds no test");
    let mut totals = Totals::default();
    let mut command = Command::new("node");
    command
        .current_dir(repository.path("web"))
        .args(["--test", "--test-reporter=tap"])
        .args(tests)
        .env("JWTRAIL_BIN", binary);
    let status = process::watched(&mut command, |line| totals.add_tap_line(line))?;
    if !status.success() && totals.good() {
        totals.fail(format!("the browser test ended with {status}"));
    }
    Ok(totals)
}

fn tests(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut tests = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
            tests.push(path);
        }
    }
    tests.sort();
    Ok(tests)
}

const SUFFIXES: [&str; 3] = [".test.mjs", ".test.js", ".test.ts"];
