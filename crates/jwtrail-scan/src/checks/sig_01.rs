//! SIG-01: a changed signature is refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A changed signature is refused",
    probe: "one byte of the signature changed; a signature by somebody else",
    expected: "401; a record with `bad_signature`",
    why: "who can choose the claims can be anybody",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[347],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.1",
        "RFC 8725 section 3.3",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` verifies each token",
        plain: "call the library's function that verifies, not the one that decodes",
    },
};
