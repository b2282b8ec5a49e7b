//! CLM-02: tokens from the future are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens from the future are refused",
    probe: "`nbf` and `iat` in an hour",
    expected: "401, never 5xx; a record with `not_yet_valid` or `issued_in_future`",
    why: "a token is not good before its time, and a 500 shows that nobody thought of it",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[287],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.2.1",
        "RFC 7519 section 4.1.5",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` always checks `nbf`",
        plain: "switch the check of `nbf` on, and answer its error with 401",
    },
};
