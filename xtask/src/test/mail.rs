use std::fs;
use std::process::Command;

use anyhow::Context as _;

use super::python;
use super::tools::{example, judged};
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
        .arg(example(repository, "send_mail")?);
    judged(&mut receive, "mail server")
}

const SERVER: [&str; 1] = ["aiosmtpd==1.4.6"];
