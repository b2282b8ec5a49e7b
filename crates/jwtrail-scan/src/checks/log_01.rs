//! LOG-01: every request leaves a record.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Every request leaves a record",
    probe: "all probes of this scan",
    expected: "one record for each, found by its correlation id",
    why: "what leaves no record did not happen, for whoever looks afterwards",
    severity: Some(Severity::Critical),
    grade: SubGrade::Evidence,
    cwe: &[778, 223],
    references: &[
        "OWASP ASVS 5.0 16.3.1",
        "OWASP ASVS 5.0 16.3.2",
        "OWASP ASVS 5.0 16.3.3",
        "OWASP API8:2023",
        "PCI DSS 4.0.1 10.2.1.4",
        "NIST SP 800-53 AU-2",
        "NIST SP 800-53 AU-12",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes one record for each decision",
        plain: "write one record for each decision, in the one place where it is made",
    },
};
