//! SIG-02: a changed payload is refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A changed payload is refused",
    probe: "other claims under the old signature",
    expected: "401; a record with `bad_signature`",
    why: "the subject, the scope and the end of a token would be for the client to choose",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[345, 347],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.1",
        "RFC 8725 section 3.3",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` verifies each token",
        plain: "verify the signature over the bytes that came, before anything of them is used",
    },
};
