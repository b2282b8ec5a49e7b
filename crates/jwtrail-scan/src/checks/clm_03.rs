//! CLM-03: tokens without an end are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens without an end are refused",
    probe: "no `exp`, `exp` as a string, null, true, in the year 9999",
    expected: "401; a record with `missing_claim`, `bad_claim_type` or `lifetime_too_long`",
    why: "a token that never ends can only be stopped by changing the key",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &["OWASP API2:2023", "OWASP ASVS 5.0 9.2.1"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` requires `exp` and caps the lifetime at 24 hours",
        plain: "require `exp`, check its type, and cap how far ahead it may be",
    },
};
