//! SPC-01: the document says how it is protected.

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult};
use crate::judge::Verdict;
use crate::lint::{SECURITY, lint};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "The document says how it is protected",
    probe: "the OpenAPI document",
    expected: "each protected operation names its scheme and declares 401, 403 and 429; https servers; no key in the query",
    why: "what the document does not say clients do not do, and reviewers do not see",
    severity: Some(Severity::Low),
    grade: SubGrade::Enforcement,
    cwe: &[306, 319],
    references: &["OWASP API8:2023", "OWASP API9:2023"],
    remedy: Remedy {
        jwtrail: "document the answers of `JwtAuth` for each operation",
        plain: "declare the security scheme and the answers 401, 403 and 429 for each operation",
    },
};

/// Whether the document says what it must; nothing is sent for it.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let Some((document, spec)) = &run.options.document else {
        let why = "no OpenAPI document was given; name one with --spec".to_owned();
        return CheckResult::new(CheckId::Spc01, CheckOutcome::NotVerified { why });
    };
    let scanned = |name: &str| run.operations.iter().any(|one| one.name == name);
    let mut findings = lint(document, spec);
    // Where nothing was sent, silence may be right: nobody says that it is protected.
    findings.retain(|found| {
        found.variant != SECURITY || found.operation.as_deref().is_some_and(scanned)
    });
    let verdict = Verdict {
        findings,
        notes: Vec::new(),
    };
    let mut result = verdict.result(CheckId::Spc01, true, Vec::new());
    result.operations = (0..run.operations.len()).collect();
    result
}
