//! HDR-01: refusals have the right form.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Refusals have the right form",
    probe: "the headers of all refusals and of token answers",
    expected: "`WWW-Authenticate: Bearer` with an error code where one is due; `Cache-Control: no-store` on answers with tokens",
    why: "clients cannot tell an expired token from a missing scope, and caches keep tokens",
    severity: Some(Severity::Low),
    grade: SubGrade::Enforcement,
    cwe: &[525],
    references: &[
        "OWASP API8:2023",
        "RFC 6750 section 3",
        "RFC 6749 section 5.1",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` and `SessionApi` answer so",
        plain: "answer as RFC 6750 section 3 and RFC 6749 section 5.1 say",
    },
};
