//! SCP-02: scopes that are nearly right are denied.

use crate::check::{About, CheckId, Remedy};
use crate::operations::Scanned;
use crate::plan::Plan;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Scopes that are nearly right are denied",
    probe: "a prefix, a suffix, another case, commas, wildcards",
    expected: "403; a record with `insufficient_scope`",
    why: "a comparison of parts of the text grants more than was granted",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[863],
    references: &["OWASP API5:2023", "OWASP ASVS 5.0 8.2.1"],
    remedy: Remedy {
        jwtrail: "`auth.require` compares whole elements",
        plain: "split the scope at its spaces and compare whole elements",
    },
};

/// Every variant on one operation that asks for a scope.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let asking = |(_, one): &(usize, &Scanned)| !one.scopes.is_empty();
    let deep = run
        .reachable()
        .find(|(number, _)| *number == run.deep)
        .filter(asking);
    let Some((number, operation)) = deep.or_else(|| run.reachable().find(asking)) else {
        let mut plan = Plan::default();
        plan.miss(
            "the document names no scope that an operation asks for",
            "all",
        );
        return plan;
    };
    run.workshop().cases(CheckId::Scp02, number, operation)
}
