//! Scans of services that nobody here wrote, against what must be found in them.

mod compare;
mod expected;
mod install;
mod service;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

use compare::Comparison;
use expected::Expected;
use service::{Running, Service};

/// Installs, starts and scans every service, or those that are named: `[NAME...] [--binary PATH]`.
pub(crate) fn scan_foreign(repository: &Repository, rest: &[String]) -> anyhow::Result<Totals> {
    let asked = Asked::parse(rest)?;
    let services: Vec<Service> = Service::all(repository)?
        .into_iter()
        .filter(|service| asked.names.is_empty() || asked.names.contains(&service.name))
        .collect();
    anyhow::ensure!(
        !services.is_empty(),
        "no service is called {:?}",
        asked.names
    );
    let binary = match asked.binary {
        Some(binary) => binary,
        None => repository.binary()?,
    };
    let mut totals = Totals::default();
    let mut reports = Vec::new();
    for service in &services {
        println!("\n=== {}: {}", service.name, service.about);
        let report = scanned(repository, service, &binary);
        let (total, report) = match report {
            Ok(comparison) => {
                print!("{comparison}");
                let good = comparison.good();
                (
                    if good { Totals::PASSED } else { Totals::FAILED },
                    comparison.json(service),
                )
            }
            Err(error) => {
                println!("{}: {error:#}", service.name);
                let error = format!("{error:#}");
                (
                    Totals::FAILED,
                    json!({"name": service.name, "error": error}),
                )
            }
        };
        totals.add(total);
        reports.push(report);
    }
    let path = repository.report("scan-foreign.json", &json!({"services": reports}))?;
    println!("\nscan-foreign: {}", path.display());
    Ok(totals)
}

/// Starts a service, scans it, and compares what was found with what must be.
fn scanned(
    repository: &Repository,
    service: &Service,
    binary: &Path,
) -> anyhow::Result<Comparison> {
    let expected = Expected::read(&service.folder.join("expected.toml"))?;
    let home = repository.target("foreign").join(&service.name);
    install::install(repository, service, &home)?;
    let log = home.join("access.log");
    fs::write(&log, "").with_context(|| format!("cannot write {}", log.display()))?;
    let mut running = Running::start(repository, service, &home, &log)?;
    let scan = scan(repository, service, &running.url, binary, &home, &log);
    let stopped = running.stop();
    let report = scan?;
    stopped?;
    Ok(Comparison::new(&expected, &report))
}

fn scan(
    repository: &Repository,
    service: &Service,
    url: &str,
    binary: &Path,
    home: &Path,
    log: &Path,
) -> anyhow::Result<Value> {
    let given = |name: &str, text: String| -> anyhow::Result<String> {
        let path = home.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(format!("@file:{}", path.display()))
    };
    let token = given("token", service.token(repository)?)?;
    let key = given("key", service.sign_key(repository)?)?;
    let document = match service.document.strip_prefix('/') {
        Some(path) => format!("{url}/{path}"),
        None => service.folder.join(&service.document).display().to_string(),
    };
    let report = home.join("report.json");
    let mut scan = Command::new(binary);
    scan.args(["scan", url, "--spec", &document])
        .args(["--token", &token, "--sign-key", &key])
        .arg("--logs")
        .arg(log)
        .args(["--settle", &service.settle.to_string()])
        .args(["--format", "json", "--output"])
        .arg(&report);
    let status = process::watched(&mut scan, |_| {})?;
    // 1 is what findings are answered with, and they are what is looked for.
    anyhow::ensure!(
        matches!(status.code(), Some(0 | 1)),
        "the scan ended with {status}"
    );
    let text = fs::read(&report).with_context(|| format!("cannot read {}", report.display()))?;
    serde_json::from_slice(&text).context("the report is no JSON")
}

struct Asked {
    names: Vec<String>,
    binary: Option<PathBuf>,
}

impl Asked {
    fn parse(rest: &[String]) -> anyhow::Result<Self> {
        let (mut names, mut binary) = (Vec::new(), None);
        let mut arguments = rest.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--binary" => {
                    let path = arguments.next().context("--binary needs a path")?;
                    binary = Some(env::current_dir()?.join(path));
                }
                option if option.starts_with('-') => anyhow::bail!("no option is called {option}"),
                name => names.push(name.to_owned()),
            }
        }
        Ok(Self { names, binary })
    }
}
