use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Deserialize;

use super::spdx;
use crate::repository::Repository;

/// Every crate whose licence is not on the allow-list of `deny.toml`, ours among them.
pub(super) fn crates(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let allowed = allowed(repository)?;
    let packages = &repository.metadata().packages;
    Ok(packages
        .iter()
        .filter_map(|package| {
            let name = format!("{} {}", package.name, package.version);
            problem(&name, package.license.as_deref(), &allowed)
        })
        .collect())
}

/// Every package of the dashboard's lock file whose licence is not on the same list.
pub(super) fn npm(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let allowed = allowed(repository)?;
    let lock: Lock = serde_json::from_str(&repository.read("web/package-lock.json")?)
        .context("web/package-lock.json")?;
    Ok(lock
        .packages
        .iter()
        .filter(|(path, _)| !path.is_empty())
        .filter_map(|(path, package)| problem(path, package.license.as_deref(), &allowed))
        .collect())
}

fn problem(name: &str, licence: Option<&str>, allowed: &BTreeSet<String>) -> Option<String> {
    let licence = licence.unwrap_or("none named");
    let granted = spdx::satisfied(licence, |name| allowed.contains(name));
    (!granted).then(|| {
        format!("{name} has the licence `{licence}`, deny.toml does not allow it; use another crate, or argue for the licence in a change of its own")
    })
}

fn allowed(repository: &Repository) -> anyhow::Result<BTreeSet<String>> {
    let deny: Deny = toml::from_str(&repository.read("deny.toml")?).context("deny.toml")?;
    Ok(deny.licenses.allow)
}

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    license: Option<String>,
}
