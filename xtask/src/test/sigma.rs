use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use super::python;
use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// The same as a task of its own, with a binary that is built already: `--binary PATH`.
pub(crate) fn sigma(repository: &Repository, rest: &[String]) -> anyhow::Result<Totals> {
    match rest {
        [] => with(repository, &repository.binary()?),
        [option, path] if option == "--binary" => with(repository, Path::new(path)),
        _ => anyhow::bail!("use: cargo xtask sigma [--binary PATH]"),
    }
}

/// Has sigma-cli check every Sigma file of ours, and convert the portable ones into queries of
/// two foreign systems.
pub(super) fn with(repository: &Repository, binary: &Path) -> anyhow::Result<Totals> {
    let folder = repository.path("target/sigma-cli");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let sigma = installed(&folder)?;
    let files = sigma_files(repository)?;
    let portable = portable(binary)?;
    let mut totals = Totals::default();
    let mut step = |what: &str, count: usize, good: anyhow::Result<()>| match good {
        Ok(()) => (0..count).for_each(|_| totals.add(Totals::PASSED)),
        Err(error) => totals.fail(format!("sigma-cli, {what}: {error:#}")),
    };
    let mut check = Command::new(&sigma);
    check.args(["check", "--fail-on-error", "--fail-on-issues"]);
    let checked = process::run(check.args(files.iter().map(|name| path(repository, name))));
    step("check", files.len(), checked);
    anyhow::ensure!(!portable.is_empty(), "no rule is portable");
    let (exported, count) = exported(binary, &folder)?;
    let mut check = Command::new(&sigma);
    check.args(["check", "--fail-on-error", "--fail-on-issues"]);
    step("exported", count, process::run(check.arg(exported)));
    for backend in BACKENDS {
        let (can, cannot): (Vec<&String>, Vec<&String>) = portable
            .iter()
            .partition(|name| !REFUSED.contains(&(backend, name.as_str())));
        let queries = folder.join(format!("{backend}.txt"));
        let mut convert = converting(&sigma, backend);
        convert.arg("--output").arg(&queries);
        convert.args(can.iter().map(|name| path(repository, name)));
        step(backend, can.len(), process::run(&mut convert));
        for name in cannot {
            let mut convert = converting(&sigma, backend);
            let output = convert.arg(path(repository, name)).output()?;
            let said = String::from_utf8_lossy(&output.stderr);
            let refused = !output.status.success() && said.contains("not supported by backend");
            let as_listed = refused
                .then_some(())
                .with_context(|| format!("{name} was not refused, take it off the list: {said}"));
            step(backend, 1, as_listed);
        }
    }
    Ok(totals)
}

/// Every rule as `rules export --approximate` writes it, and how many those are.
fn exported(binary: &Path, folder: &Path) -> anyhow::Result<(PathBuf, usize)> {
    let exported = folder.join("exported");
    if exported.is_dir() {
        fs::remove_dir_all(&exported)?;
    }
    let mut export = Command::new(binary);
    export.args(["rules", "export", "--approximate", "--output"]);
    process::run(export.arg(&exported))?;
    let count = fs::read_dir(&exported)?.count();
    anyhow::ensure!(count > 0, "no rule was exported");
    Ok((exported, count))
}

fn converting(sigma: &Path, backend: &str) -> Command {
    let mut command = Command::new(sigma);
    command.args(["convert", "--without-pipeline", "--target", backend]);
    command
}

fn path(repository: &Repository, rule: &str) -> PathBuf {
    repository.path(&format!("rules/{rule}.yml"))
}

/// The rules whose files are Sigma.
fn sigma_files(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in repository.files()? {
        let name = file
            .strip_prefix("rules/")
            .and_then(|file| file.strip_suffix(".yml"));
        if let Some(name) = name
            && repository.read(&file)?.contains("\ncorrelation:\n")
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// The rules of which our own list says that other tools can take them.
fn portable(binary: &Path) -> anyhow::Result<Vec<String>> {
    let mut list = Command::new(binary);
    let list = process::output(list.args(["rules", "list", "--format", "json"]))?;
    let list: Vec<Value> = serde_json::from_str(&list)?;
    let portable = list.iter().filter(|rule| rule["portable"] == true);
    Ok(portable
        .filter_map(|rule| rule["name"].as_str().map(str::to_owned))
        .collect())
}

/// sigma-cli, in an environment of its own.
fn installed(folder: &Path) -> anyhow::Result<PathBuf> {
    python::environment(folder, "sigma.cli", &PACKAGES)?;
    Ok(folder.join("python/bin/sigma"))
}

const PACKAGES: [&str; 3] = [
    "sigma-cli==3.1.0",
    "pysigma-backend-splunk==2.1.0",
    "pysigma-backend-opensearch==2.0.3",
];

/// Those that take correlations.
const BACKENDS: [&str; 2] = ["splunk", "open_search_ppl"];

/// What a backend has no query for.
const REFUSED: [(&str, &str); 1] = [("splunk", "token-tampered")];
