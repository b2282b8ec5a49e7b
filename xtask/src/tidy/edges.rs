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
    let from = Crate {
        name: &package.name,
        example: package
            .manifest_path
            .components()
            .any(|part| part.as_str() == "examples"),
    };
    let reason = if dependency.path.is_some() {
        own_problem(from, &dependency.name)
    } else {
        foreign_problem(from, &dependency.name)
    };
    reason.map(|reason| {
        format!(
            "{} -> {} ({}): {reason}; remove it, or argue for it in a change of its own",
            package.name, dependency.name, package.manifest_path
        )
    })
}

#[derive(Clone, Copy)]
struct Crate<'a> {
    name: &'a str,
    example: bool,
}

/// Why a crate may not use one of ours.
fn own_problem(from: Crate<'_>, to: &str) -> Option<&'static str> {
    let allowed = if from.name == "jwtrail" {
        to != "jwtrail-testkit"
    } else if from.example {
        EXAMPLES_USE.contains(&to)
    } else {
        EDGES
            .iter()
            .any(|(name, allowed)| *name == from.name && allowed.contains(&to))
    };
    (!allowed).then_some("no such edge in the crate graph")
}

/// Why a crate may not use one of others.
fn foreign_problem(from: Crate<'_>, to: &str) -> Option<&'static str> {
    if PURE.contains(&from.name) && IMPURE.contains(&to) {
        return Some("this crate does no I/O, has no clock and no randomness of its own");
    }
    HOLDERS
        .iter()
        .find(|holders| holders.dependency.contains(&to) && !holders.crates.contains(&from.name))
        .filter(|_| !from.example)
        .map(|holders| holders.reason)
}

/// The edges between our crates. The binary may use every crate but the test kit.
const EDGES: [(&str, &[&str]); 10] = [
    ("jwtrail-verify", &["jwtrail-event"]),
    ("jwtrail-forge", &["jwtrail-event"]),
    ("jwtrail-detect", &["jwtrail-event"]),
    ("jwtrail-store", &["jwtrail-event"]),
    ("jwtrail-session", &["jwtrail-verify", "jwtrail-event"]),
    ("jwtrail-scan", &["jwtrail-forge", "jwtrail-event"]),
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
        crates: &[
            "jwtrail-actix",
            "jwtrail-monitor",
            "jwtrail-demo",
            "jwtrail-scan",
        ],
        reason: "only the HTTP edges know the web framework",
    },
    Holders {
        dependency: &["reqwest", "hyper", "ureq"],
        crates: &["jwtrail-actix", "jwtrail-demo", "jwtrail-scan"],
        reason: "there is one outbound HTTP client; take it through a trait",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Crate<'_> {
        Crate {
            name,
            example: false,
        }
    }

    #[test]
    fn edges_go_down_only() {
        for (from, to, allowed) in [
            ("jwtrail-monitor", "jwtrail-store", true),
            ("jwtrail-store", "jwtrail-monitor", false),
            ("jwtrail-detect", "jwtrail-verify", false),
            ("jwtrail-scan", "jwtrail-forge", true),
            ("jwtrail-scan", "jwtrail-monitor", false),
            ("jwtrail-monitor", "jwtrail-scan", false),
            ("jwtrail-actix", "jwtrail-testkit", false),
            ("jwtrail", "jwtrail-detect", true),
            ("jwtrail", "jwtrail-testkit", false),
            ("jwtrail-new", "jwtrail-event", false),
        ] {
            let problem = own_problem(named(from), to);
            assert_eq!(problem.is_none(), allowed, "{from} -> {to}");
        }
    }

    #[test]
    fn what_few_may_know_others_may_not() {
        for (from, to, allowed) in [
            ("jwtrail-event", "tokio", false),
            ("jwtrail-session", "tokio", true),
            ("jwtrail-monitor", "actix-web", true),
            ("jwtrail-session", "actix-web", false),
            ("jwtrail-monitor", "reqwest", false),
            ("jwtrail", "clap", true),
            ("jwtrail-demo", "clap", false),
            ("jwtrail-demo", "anyhow", false),
        ] {
            let problem = foreign_problem(named(from), to);
            assert_eq!(problem.is_none(), allowed, "{from} -> {to}");
        }
        let example = Crate {
            name: "orders-api",
            example: true,
        };
        assert_eq!(foreign_problem(example, "actix-web"), None);
    }
}
