//! AUT-04: two Authorization headers are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Two Authorization headers are refused",
    probe: "two `Authorization` headers, good and bad in either order, as two lines \
            or with half of a line's end between them",
    expected: "400 or 401; a record with `malformed_header`",
    why: "a proxy may check the first one and the service the second",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[436],
    references: &["OWASP API2:2023", "RFC 9110 section 5.3"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` refuses more than one",
        plain: "refuse a request that has the header more than once",
    },
};
