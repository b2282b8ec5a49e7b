//! AUT-01: requests without a token are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Requests without a token are refused",
    probe: "no `Authorization` header",
    expected: "401 with `WWW-Authenticate: Bearer`; a record with the reason `missing`",
    why: "an operation that answers anyway is open to anybody",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[306],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.1",
        "RFC 6750 section 3",
    ],
    remedy: Remedy {
        jwtrail: "wrap the app or the scope in `JwtAuth`",
        plain: "refuse in one place for all routes, before any handler",
    },
};
