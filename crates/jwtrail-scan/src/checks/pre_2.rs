//! PRE-2: valid tokens are still accepted after bad ones.

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult};
use crate::judge;
use crate::run::Run;
use crate::severity::SubGrade;

pub(crate) const ABOUT: About = About {
    title: "Valid tokens are still accepted after bad ones",
    probe: "the valid token again between the groups of checks",
    expected: "the same answer as before",
    why: "a service that locked us out would refuse everything afterwards, and look safe",
    severity: None,
    grade: SubGrade::Enforcement,
    cwe: &[],
    references: &[],
    remedy: Remedy {
        jwtrail: "keep the default limits: they charge failures, and good tokens still pass",
        plain: "count failures only, and let a token that verifies through",
    },
};

/// The valid token between the groups.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut result = judge::probes(run, CheckId::Pre2);
    // What every operation answers with the token may be a failure of its own.
    if let CheckOutcome::Failed { findings, .. } = &mut result.outcome {
        for finding in findings {
            finding.summary = format!("after the {}: {}", finding.variant, finding.summary);
        }
    }
    result
}
