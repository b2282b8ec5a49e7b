//! REF-01: refresh tokens rotate.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Refresh tokens rotate",
    probe: "a refresh",
    expected: "a new refresh token; a record with the old and the new id",
    why: "a refresh token that stays the same is as good as a password, and nobody sees a second user of it",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &["OWASP ASVS 5.0 10.4.5", "RFC 9700 section 4.14.2"],
    remedy: Remedy {
        jwtrail: "`Sessions` rotates at each refresh",
        plain: "give a new refresh token at each refresh, and note which it follows",
    },
};
