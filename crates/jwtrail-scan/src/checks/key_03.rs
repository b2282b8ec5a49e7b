//! KEY-03: a key id is data.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A key id is data",
    probe: "`kid` with a path, SQL, a shell command, line ends, terminal controls, JSON",
    expected: "401; a record with `unknown_key`, escaped",
    why: "a key id that becomes a path or a query picks the key, or runs",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[22, 89, 117],
    references: &[
        "OWASP ASVS 5.0 9.1.3",
        "OWASP ASVS 5.0 16.4.1",
        "RFC 8725 section 3.10",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` compares the key id with those of its keys and does nothing else with it",
        plain: "look the key id up in a map of known keys, and escape it where it is written",
    },
};
