//! AUT-03: what is no token is refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "What is no token is refused",
    probe: "garbage, two or five parts, bad base64, JSON with duplicate members, a token of 64 KiB",
    expected: "400 or 401, never 5xx; a record with `malformed_token` or `token_too_large`",
    why: "an exception while parsing is a 500 to the client, an alarm for nobody, and now and then a way around the check",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[20, 755],
    references: &[
        "OWASP API8:2023",
        "OWASP ASVS 5.0 16.5.3",
        "RFC 7515 section 3.1",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` reads the compact form strictly and caps its length",
        plain: "catch the parser's errors, answer 401, and cap the header's length",
    },
};
