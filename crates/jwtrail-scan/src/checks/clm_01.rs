//! CLM-01: expired tokens are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Expired tokens are refused",
    probe: "`exp` an hour ago, and 0",
    expected: "401; a record with `expired`, and whose token it was",
    why: "a stolen token would be good for ever",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.2.1",
        "RFC 7519 section 4.1.4",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` checks `exp` with a leeway of 60 seconds",
        plain: "switch the library's check of `exp` on, with a small leeway",
    },
};
