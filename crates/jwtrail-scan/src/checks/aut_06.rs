//! AUT-06: undocumented methods are not open.

use crate::check::{About, CheckId, Remedy};
use crate::operations::Scanned;
use crate::plan::Plan;
use crate::probe::{Probe, Wanted, WantedAnswer};
use crate::request::Request;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::spec::Method;

pub(crate) const ABOUT: About = About {
    title: "Undocumented methods are not open",
    probe: "every method that the document does not name, on a protected path, without a token",
    expected: "401, 403, 404, 405 or 501",
    why: "a handler for another method is often there and often not protected",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[306],
    references: &["OWASP API5:2023", "OWASP ASVS 5.0 4.1.4"],
    remedy: Remedy {
        jwtrail: "wrap the whole scope in `JwtAuth`, not single methods",
        plain: "refuse methods that are not registered, and protect the path and not the method",
    },
};

/// The methods that the document does not name, on each path, without a token.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let mut plan = Plan::default();
    let mut paths: Vec<(usize, &Scanned)> = Vec::new();
    for (number, operation) in run.reachable() {
        if paths
            .iter()
            .all(|(_, known)| known.pattern != operation.pattern)
        {
            paths.push((number, operation));
        }
    }
    for (number, operation) in paths {
        for method in METHODS {
            if known(run, &operation.pattern, method) {
                continue;
            }
            if !method.safe() && !run.options.allow_writes {
                plan.miss(
                    "it may change something; try it with --allow-writes",
                    method.as_str(),
                );
                continue;
            }
            plan.probes.push(Probe {
                check: CheckId::Aut06,
                variant: method.as_str().to_owned(),
                title: format!("{method} without a token"),
                operation: number,
                request: Request::new(method.as_str(), operation.path()),
                wanted: Wanted {
                    answer: WantedAnswer::NoSuchMethod,
                    record: None,
                },
            });
        }
    }
    plan
}

/// Whether the document knows a method of a path. `HEAD` comes with `GET` (RFC 9110 section
/// 9.3.2).
fn known(run: &Run<'_>, pattern: &str, method: Method) -> bool {
    let of_path = |other: Method, path: &str| other == method && path == pattern;
    let documented = run
        .options
        .document
        .iter()
        .flat_map(|(_, spec)| &spec.operations);
    documented
        .into_iter()
        .any(|one| of_path(one.method, &one.path))
        || run
            .operations
            .iter()
            .any(|one| of_path(one.method, &one.pattern))
}

/// `OPTIONS` answers anybody by right (the Fetch standard's preflight).
const METHODS: [Method; 6] = [
    Method::Get,
    Method::Trace,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
];
