//! KEY-05: unknown critical extensions are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Unknown critical extensions are refused",
    probe: "`crit` with a name that nobody knows, with `b64`, empty",
    expected: "401; a record with `unsupported_critical`",
    why: "the issuer said that a verifier who does not know the extension must not accept the token",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[347],
    references: &["RFC 7515 section 4.1.11"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` refuses every `crit`",
        plain: "refuse a token with a `crit` that the library does not handle",
    },
};
