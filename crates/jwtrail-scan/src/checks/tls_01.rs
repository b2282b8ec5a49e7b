//! TLS-01: no plain http.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "No plain http",
    probe: "a request over plain http",
    expected: "refused, not redirected",
    why: "a token that was sent once in clear is known on the way",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[319],
    references: &["OWASP ASVS 5.0 4.1.2"],
    remedy: Remedy {
        jwtrail: "serve https, and close the port of plain http",
        plain: "close the port of plain http for the API, or refuse there without a redirect",
    },
};
