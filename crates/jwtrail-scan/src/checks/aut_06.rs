//! AUT-06: undocumented methods are not open.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Undocumented methods are not open",
    probe: "every method that the document does not name, on a protected path, without a token",
    expected: "401, 403, 404, 405 or 501",
    why: "a handler for another method is often there and often not protected",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[306],
    references: &["OWASP API5:2023", "OWASP ASVS 5.0 4.1.4"],
    remedy: Remedy {
        jwtrail: "wrap the whole scope in `JwtAuth`, not single methods",
        plain: "refuse methods that are not registered, and protect the path and not the method",
    },
};
