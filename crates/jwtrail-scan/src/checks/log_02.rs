//! LOG-02: records say who, what, when, where.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Records say who, what, when, where",
    probe: "the records of all probes",
    expected: "the fields that the standard asks for, with the values that were sent",
    why: "a record that does not say whose token it was helps nobody",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[778, 223],
    references: &[
        "OWASP ASVS 5.0 16.2.1",
        "OWASP API8:2023",
        "PCI DSS 4.0.1 10.2.2",
        "NIST SP 800-53 AU-3",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes them all",
        plain: "write token id, subject, scope, outcome, reason, time, correlation id, address and route",
    },
};
