//! KEY-01: a key in the token is not trusted.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A key in the token is not trusted",
    probe: "a stranger's key in `jwk` and in `x5c`",
    expected: "401; a record with `untrusted_key`",
    why: "who brings the key can sign whatever he likes",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[347],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.3",
        "RFC 8725 section 3.10",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` takes keys from the configuration only",
        plain: "never read a key from the token's header",
    },
};
