//! SIG-04: a missing signature is refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A missing signature is refused",
    probe: "an empty signature; header and payload alone",
    expected: "401; a record with `bad_signature` or `malformed_token`",
    why: "a token without a signature would be as good as one with it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[347],
    references: &["OWASP API2:2023", "OWASP ASVS 5.0 9.1.1"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` wants three segments and a signature that holds",
        plain: "refuse what has not three segments that are not empty",
    },
};
