//! SIG-06: well-known secrets do not sign.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Well-known secrets do not sign",
    probe: "HS256 under a bounded list of published and weak secrets",
    expected: "401; a record with `bad_signature` or `algorithm_not_allowed`",
    why: "a secret from a tutorial is known to whoever reads tutorials",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[798, 1391],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 13.3.1",
        "OWASP ASVS 5.0 11.2.3",
        "RFC 8725 section 3.5",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` refuses such secrets and any under 32 bytes when it is built",
        plain: "draw 32 random bytes, keep them out of the source, and replace the present secret now",
    },
};
