//! AUT-02: other schemes and empty credentials are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Other schemes and empty credentials are refused",
    probe: "`Basic`, another scheme, no scheme, an empty `Bearer`, two tokens in one header, control \
            characters, folded lines",
    expected: "400 or 401; a record with `missing` or `malformed_header`",
    why: "a lenient reading of the header lets credentials through that a proxy before it did not check",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[287],
    references: &[
        "OWASP API2:2023",
        "RFC 6750 section 2.1",
        "RFC 9110 section 5.5",
        "RFC 9112 section 5.2",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` reads the header strictly",
        plain: "compare the scheme without regard to case, and take exactly one token after it",
    },
};
