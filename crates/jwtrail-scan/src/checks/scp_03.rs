//! SCP-03: objects of another user are denied.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Objects of another user are denied",
    probe: "the second user's token on an object of the first",
    expected: "403 or 404; a record with `policy_denied`",
    why: "whoever counts up the ids reads everybody's data",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[639],
    references: &["OWASP API1:2023", "OWASP ASVS 5.0 8.2.2"],
    remedy: Remedy {
        jwtrail: "look objects up under the token's subject, and deny with `policy_denied`",
        plain: "look objects up under the token's subject, not by id alone",
    },
};
