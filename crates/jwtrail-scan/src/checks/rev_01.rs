//! REV-01: revoked tokens are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Revoked tokens are refused",
    probe: "the access token after the logout",
    expected: "refused within the time that the service promises; a record with `revoked`",
    why: "a logout that ends nothing leaves a stolen token good",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &[
        "OWASP ASVS 5.0 7.4.1",
        "OWASP ASVS 5.0 8.3.2",
        "RFC 7009 section 2",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` asks `Sessions` at each request",
        plain: "keep a list of revoked ids until they expire, and ask it at each request",
    },
};
