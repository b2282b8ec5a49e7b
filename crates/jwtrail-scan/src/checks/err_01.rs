//! ERR-01: refusals say nothing.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Refusals say nothing",
    probe: "the bodies of all refusals",
    expected: "no stack trace, no key, no claim's value",
    why: "the reason helps whoever searches for a hole",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[209],
    references: &["OWASP ASVS 5.0 16.5.1", "NIST SP 800-53 SI-11"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` answers alike whatever the reason, and writes the reason to the trail",
        plain: "answer alike whatever the reason, and write the detail to the log only",
    },
};
