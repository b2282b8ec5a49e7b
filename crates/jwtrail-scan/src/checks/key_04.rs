//! KEY-04: an unknown key id is refused cheaply.

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "An unknown key id is refused cheaply",
    probe: "a `kid` that nobody knows",
    expected: "401; a record with `unknown_key`, and at most one new fetch of the key set",
    why: "each bad token would make the service ask its issuer",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[770],
    references: &["OWASP API4:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` fetches a key set again at most once in its cooldown",
        plain: "fetch the key set again at most once in a while, not once a token",
    },
};

/// As the others. How often the service asks its issuer only the issuer sees.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut result = judge::probes(run, CheckId::Key04);
    if result.probes > 0 {
        let fetches =
            "fetches: how often the service fetches its key set again only its issuer sees";
        result.not_verified.push(fetches.to_owned());
    }
    result
}
