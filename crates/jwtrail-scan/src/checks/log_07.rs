//! LOG-07: success is logged as well.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Success is logged as well",
    probe: "the valid token",
    expected: "a success record",
    why: "who only logs failures cannot see what a stolen token was used for",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &["OWASP ASVS 5.0 16.3.1", "OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes `token.accepted`",
        plain: "write the record for success as well",
    },
};
