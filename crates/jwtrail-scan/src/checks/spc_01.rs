//! SPC-01: the document says how it is protected.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "The document says how it is protected",
    probe: "the OpenAPI document",
    expected: "each protected operation names its scheme and declares 401, 403 and 429; https servers; no key in the query",
    why: "what the document does not say clients do not do, and reviewers do not see",
    severity: Some(Severity::Low),
    grade: SubGrade::Enforcement,
    cwe: &[306, 319],
    references: &["OWASP API8:2023", "OWASP API9:2023"],
    remedy: Remedy {
        jwtrail: "document the answers of `JwtAuth` for each operation",
        plain: "declare the security scheme and the answers 401, 403 and 429 for each operation",
    },
};
