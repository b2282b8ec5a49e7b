//! CLM-06: other kinds of token are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Other kinds of token are refused",
    probe: "an id token, a refresh token, a logout token, a proof, an opaque token",
    expected: "401; a record with `wrong_type` or `malformed_token`",
    why: "an id token is shown to browsers and kept by clients; it must open nothing",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[287],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.2.2",
        "RFC 8725 section 3.11",
        "RFC 9068 section 4",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` wants `at+jwt` in its strict profile",
        plain: "issue access tokens with a `typ` of their own, and require it",
    },
};
