//! LOG-08: the log says what the answer said.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "The log says what the answer said",
    probe: "the records of all probes",
    expected: "one record each, with the outcome that the client saw",
    why: "a record that says success where the client was refused is worse than none",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[223, 778],
    references: &["OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes the record when the answer is known",
        plain: "write the record once, when the answer is known",
    },
};
