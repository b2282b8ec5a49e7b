//! LOG-03: no token in the log.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "No token in the log",
    probe: "the tokens, signatures and secrets of this scan, searched for in every line",
    expected: "none, in whatever encoding",
    why: "who reads the log can use the tokens in it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Evidence,
    cwe: &[532, 312, 522],
    references: &[
        "OWASP ASVS 5.0 16.2.5",
        "OWASP ASVS 5.0 14.2.4",
        "OWASP API8:2023",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes a fingerprint in the token's place",
        plain: "log a keyed hash of the token, and no query and no headers",
    },
};
