//! LOG-04: values cannot break the log.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Values cannot break the log",
    probe: "line ends, terminal controls and JSON in `sub`, `jti`, `kid`, `User-Agent`, `traceparent`",
    expected: "one record, escaped",
    why: "who can write a line can write any line, and nothing in the log is evidence any more",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[117, 93, 116, 150],
    references: &["OWASP ASVS 5.0 16.4.1", "OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes one JSON line a record and escapes every value",
        plain: "write JSON with a library, and never put a value into a line by hand",
    },
};
