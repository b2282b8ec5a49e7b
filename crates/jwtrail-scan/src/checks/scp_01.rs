//! SCP-01: tokens without the scope are denied.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens without the scope are denied",
    probe: "valid tokens without the operation's scope",
    expected: "403; a record with `insufficient_scope`, and what was required and held",
    why: "every user could do what an administrator can",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[285, 863],
    references: &[
        "OWASP API5:2023",
        "OWASP ASVS 5.0 10.3.2",
        "OWASP ASVS 5.0 8.2.1",
        "OWASP ASVS 5.0 16.3.2",
        "RFC 6750 section 3.1",
    ],
    remedy: Remedy {
        jwtrail: "`auth.require(\"the:scope\")` on the route",
        plain: "check the scope for each operation, on the server",
    },
};
