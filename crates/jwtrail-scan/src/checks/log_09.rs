//! LOG-09: records come in time, and never cost an answer.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Records come in time, and never cost an answer",
    probe: "the time from each answer to its record",
    expected: "within the settle window",
    why: "an alert that comes late is no alert",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.5.2",
        "OWASP API8:2023",
        "NIST SP 800-53 AU-5",
    ],
    remedy: Remedy {
        jwtrail: "the trail writes every 50 ms and never makes a request wait",
        plain: "write out at least once a second, on another thread than the request's",
    },
};
