//! SCP-01: tokens without the scope are denied.

use crate::check::{About, CheckId, Remedy};
use crate::plan::Plan;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens without the scope are denied",
    probe: "valid tokens without the operation's scope",
    expected: "403; a record with `insufficient_scope`, and what was required and held",
    why: "every user could do what an administrator can",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[285, 863],
    references: &[
        "OWASP API5:2023",
        "OWASP ASVS 5.0 10.3.2",
        "OWASP ASVS 5.0 8.2.1",
        "OWASP ASVS 5.0 16.3.2",
        "RFC 6750 section 3.1",
    ],
    remedy: Remedy {
        jwtrail: "`auth.require(\"the:scope\")` on the route",
        plain: "check the scope for each operation, on the server",
    },
};

/// Every variant on the deep operation, one on each other that asks for a scope.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let workshop = run.workshop();
    let mut plan = Plan::default();
    let mut asked = 0;
    for (number, operation) in run.reachable().filter(|(_, one)| !one.scopes.is_empty()) {
        asked += 1;
        let one = if number == run.deep {
            workshop.cases(CheckId::Scp01, number, operation)
        } else {
            workshop.case("SCP-01/other", number, operation)
        };
        plan.probes.extend(one.probes);
        if number == run.deep {
            plan.not_verified = one.not_verified;
        }
    }
    if asked == 0 {
        plan.miss(
            "the document names no scope that an operation asks for",
            "all",
        );
    }
    plan
}
