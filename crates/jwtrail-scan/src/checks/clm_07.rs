//! CLM-07: tokens say whose they are.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens say whose they are",
    probe: "no `sub`, an empty one, one of a wrong type; no `jti`",
    expected: "without `sub` 401 and a record with `missing_claim`; without `jti` the record has a fingerprint in its place",
    why: "who did it could not be said afterwards",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &["OWASP ASVS 5.0 10.3.3", "RFC 9068 section 2.2"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` requires `sub`, and writes the token's fingerprint",
        plain: "require `sub`, and issue every token with a `jti`",
    },
};
