use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Deserialize;

use super::spdx;
use crate::repository::Repository;

/// Every crate whose licence is not on the allow-list of `deny.toml`, ours among them.
pub(super) fn crates(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let licenses = licenses(repository)?;
    let packages = &repository.metadata().packages;
    Ok(packages
        .iter()
        .filter_map(|package| {
            let exceptions = licenses.exceptions.iter();
            let own = exceptions.filter(|exception| exception.name == package.name.as_str());
            let mut allowed = licenses.allow.clone();
            allowed.extend(own.flat_map(|exception| exception.allow.iter().cloned()));
            let name = format!("{} {}", package.name, package.version);
            problem(&name, package.license.as_deref(), &allowed)
        })
        .collect())
}

/// Every package of npm's lock files whose licence is not on the same list.
pub(super) fn npm(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let allowed = licenses(repository)?.allow;
    let mut problems = Vec::new();
    let files = repository.files()?;
    for file in files.iter().filter(|file| file.ends_with(LOCK_FILE)) {
        let lock: Lock =
            serde_json::from_str(&repository.read(file)?).with_context(|| file.clone())?;
        let packages = lock.packages.iter().filter(|(path, _)| !path.is_empty());
        problems.extend(
            packages
                .filter_map(|(path, package)| problem(path, package.license.as_deref(), &allowed)),
        );
    }
    Ok(problems)
}

fn problem(name: &str, licence: Option<&str>, allowed: &BTreeSet<String>) -> Option<String> {
    let licence = licence.unwrap_or("none named");
    let granted = spdx::satisfied(licence, |name| allowed.contains(name));
    (!granted).then(|| {
        format!("{name} has the licence `{licence}`, deny.toml does not allow it; use another crate, or argue for the licence in a change of its own")
    })
}

fn licenses(repository: &Repository) -> anyhow::Result<Licenses> {
    let deny: Deny = toml::from_str(&repository.read("deny.toml")?).context("deny.toml")?;
    Ok(deny.licenses)
}

/// What npm calls its lock files.
const LOCK_FILE: &str = "package-lock.json";

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// What one crate may have beside.
#[derive(Deserialize)]
struct Exception {
    allow: BTreeSet<String>,
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    license: Option<String>,
}
