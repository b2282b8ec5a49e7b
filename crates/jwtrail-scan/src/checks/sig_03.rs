//! SIG-03: `alg: none` is refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "`alg: none` is refused",
    probe: "`none` in four spellings, algorithms that nobody configured, no `alg`",
    expected: "401; a record with `algorithm_not_allowed`",
    why: "a token without a signature would be as good as one with it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[347, 327],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.2",
        "RFC 8725 section 3.1",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` allows the algorithms of the configured keys only",
        plain: "give the library the list of algorithms, and never take it from the token",
    },
};
