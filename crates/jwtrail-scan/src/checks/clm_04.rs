//! CLM-04: tokens for somebody else are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens for somebody else are refused",
    probe: "another audience, none, and audiences of a wrong type",
    expected: "401; a record with `bad_audience`, `missing_claim` or `bad_claim_type`",
    why: "a token that was given to another service opens this one",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[287, 346],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.2.3",
        "OWASP ASVS 5.0 10.3.1",
        "RFC 8725 section 3.9",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` does not compile without an audience",
        plain: "give the library the one audience, and refuse a token without `aud`",
    },
};
