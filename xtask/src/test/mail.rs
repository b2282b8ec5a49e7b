use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use super::python;
use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Has a mail server that others wrote take alerts, over TLS and with a password, and its
/// language's own library read what came.
pub(crate) fn mail(repository: &Repository) -> anyhow::Result<Totals> {
    let folder = repository.path("target/mail");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let python = python::environment(&folder, "aiosmtpd", &SERVER)?;
    let mut receive = Command::new(python);
    receive
        .arg(repository.path("xtask/src/test/mail/receive.py"))
        .arg(repository.path("crates/jwtrail-testkit/keys"))
        .arg(repository.path("rules/fixtures/refresh-reused/positive.ndjson"))
        .arg(sender(repository)?);
    let mut totals = Totals::default();
    let status = process::watched(&mut receive, |line| totals.add_tap_line(line))?;
    if !status.success() && totals.good() {
        println!("the mail server ended with {status}");
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
        "jwtrail-monitor",
        "--all-features",
        "--example",
        EXAMPLE,
    ]))?;
    Ok(repository.built("examples").join(EXAMPLE))
}

const EXAMPLE: &str = "send_mail";
const SERVER: [&str; 1] = ["aiosmtpd==1.4.6"];
