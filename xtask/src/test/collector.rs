use std::fs;
use std::process::Command;

use anyhow::Context as _;

use super::python;
use super::tools::{example, install_by_apt, judged};
use crate::repository::Repository;
use crate::totals::Totals;

/// Sends one of each event over every protocol of OpenTelemetry to receivers that others wrote,
/// who compare what came with the NDJSON file as jq reads it.
pub(crate) fn collector(repository: &Repository) -> anyhow::Result<Totals> {
    install_by_apt("jq")?;
    let folder = repository.path("target/collector");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = python::environment(&folder, "grpc, opentelemetry.proto", &RECEIVERS)?;
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
        .arg(example(repository, "send_everything")?);
    judged(&mut receive, "receivers")
}

const RECEIVERS: [&str; 2] = ["opentelemetry-proto==1.45.2", "grpcio==1.85.3"];
