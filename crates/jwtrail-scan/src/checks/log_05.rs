//! LOG-05: timestamps are right.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Timestamps are right",
    probe: "the records of all probes",
    expected: "RFC 3339 with an offset, less than 5 seconds off, not going backwards",
    why: "records of two machines could not be put in order",
    severity: Some(Severity::Low),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.2.2",
        "OWASP API8:2023",
        "NIST SP 800-53 AU-8",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes UTC with microseconds",
        plain: "write UTC in RFC 3339, and keep the clocks synchronized",
    },
};
