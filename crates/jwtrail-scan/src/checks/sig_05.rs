//! SIG-05: a public key is no HMAC secret.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A public key is no HMAC secret",
    probe: "HS256 with the public key as the secret: PEM, DER, JWK, with and without the last newline",
    expected: "401; a record with `algorithm_not_allowed`",
    why: "the public key is public: whoever reads it could sign",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[347, 290],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 9.1.2",
        "RFC 8725 section 2.1",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` binds each key to its algorithm",
        plain: "bind each key to one algorithm",
    },
};
