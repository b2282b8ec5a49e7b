//! The crate graph, as drawn in ARCHITECTURE.md.

use cargo_metadata::{Dependency, DependencyKind, Package};

use crate::repository::Repository;

/// Every dependency that a crate may not have.
pub(super) fn edges(repository: &Repository) -> anyhow::Result<Vec<String>> {
    Ok(repository
        .metadata()
        .workspace_packages()
        .into_iter()
        .flat_map(|package| {
            let held = package.dependencies.iter();
            held.filter(|dependency| dependency.kind != DependencyKind::Development)
                .filter_map(|dependency| problem(package, dependency))
        })
        .collect())
}

fn problem(package: &Package, dependency: &Dependency) -> Option<String> {
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    let own = dependency.path.is_some();
    let reason = if own {
        (!edge_allowed(package, to)).then_some("no such edge in the crate graph")
    } else if PURE.contains(&from) && IMPURE.contains(&to) {
        Some("this crate does no I/O, has no clock and no randomness of its own")
    } else {
        HOLDERS
            .iter()
            .find(|holders| holders.dependency.contains(&to) && !holders.crates.contains(&from))
            .filter(|_| !example(package))
            .map(|holders| holders.reason)
    }?;
    Some(format!(
        "{from} -> {to} ({}): {reason}; remove it, or argue for it in a change of its own",
        package.manifest_path
    ))
}

fn edge_allowed(package: &Package, to: &str) -> bool {
    let from = package.name.as_str();
    if from == "jwtrail" {
        return to != "jwtrail-testkit";
    }
    if example(package) {
        return EXAMPLES_USE.contains(&to);
    }
    EDGES
        .iter()
        .any(|(name, allowed)| *name == from && allowed.contains(&to))
}

fn example(package: &Package) -> bool {
    package
        .manifest_path
        .components()
        .any(|part| part.as_str() == "examples")
}

/// The edges between our crates. The binary may use every crate but the test kit.
const EDGES: [(&str, &[&str]); 9] = [
    ("jwtrail-verify", &["jwtrail-event"]),
    ("jwtrail-forge", &["jwtrail-event"]),
    ("jwtrail-detect", &["jwtrail-event"]),
    ("jwtrail-store", &["jwtrail-event"]),
    ("jwtrail-session", &["jwtrail-verify", "jwtrail-event"]),
    (
        "jwtrail-actix",
        &["jwtrail-session", "jwtrail-verify", "jwtrail-event"],
    ),
    (
        "jwtrail-monitor",
        &[
            "jwtrail-actix",
            "jwtrail-session",
            "jwtrail-detect",
            "jwtrail-store",
            "jwtrail-event",
        ],
    ),
    (
        "jwtrail-demo",
        &[
            "jwtrail-monitor",
            "jwtrail-actix",
            "jwtrail-session",
            "jwtrail-forge",
            "jwtrail-event",
        ],
    ),
    ("jwtrail-testkit", &["jwtrail-event", "jwtrail-forge"]),
];

/// What an example may use: what a user would, and the example service itself.
const EXAMPLES_USE: [&str; 5] = [
    "jwtrail-actix",
    "jwtrail-session",
    "jwtrail-verify",
    "jwtrail-event",
    "jwtrail-demo",
];

/// Crates that are a function of what they are given.
const PURE: [&str; 4] = [
    "jwtrail-event",
    "jwtrail-verify",
    "jwtrail-detect",
    "jwtrail-forge",
];

const IMPURE: [&str; 9] = [
    "actix-http",
    "actix-web",
    "fjall",
    "getrandom",
    "rand",
    "reqwest",
    "tokio",
    "tracing",
    "tracing-subscriber",
];

/// Dependencies that only some crates know.
struct Holders {
    dependency: &'static [&'static str],
    crates: &'static [&'static str],
    reason: &'static str,
}

const HOLDERS: [Holders; 4] = [
    Holders {
        dependency: &["clap", "clap_complete", "tracing-subscriber"],
        crates: &["jwtrail"],
        reason: "only the binary knows the command line and where logs go",
    },
    Holders {
        dependency: &["anyhow"],
        crates: &["jwtrail", "xtask"],
        reason: "a library's errors have types",
    },
    Holders {
        dependency: &["actix-web", "actix-http", "actix-rt", "actix-server", "awc"],
        crates: &["jwtrail-actix", "jwtrail-monitor", "jwtrail-demo"],
        reason: "only the HTTP edges know the web framework",
    },
    Holders {
        dependency: &["reqwest", "hyper", "ureq"],
        crates: &["jwtrail-actix", "jwtrail-demo"],
        reason: "there is one outbound HTTP client; take it through a trait",
    },
];
