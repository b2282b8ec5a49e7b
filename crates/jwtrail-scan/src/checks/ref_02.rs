//! REF-02: reuse of a refresh token ends its family.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Reuse of a refresh token ends its family",
    probe: "the old refresh token again, after its grace; then the new one",
    expected: "both refused; a record with `refresh_reused`",
    why: "reuse means that two have it, and one of them stole it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[294, 613],
    references: &["OWASP ASVS 5.0 10.4.5", "RFC 9700 section 4.14.2"],
    remedy: Remedy {
        jwtrail: "`Sessions` revokes the family at reuse",
        plain: "revoke every token of the family when an old one comes again",
    },
};
