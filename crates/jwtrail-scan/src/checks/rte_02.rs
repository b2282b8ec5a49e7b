//! RTE-02: one subject's limit is its own.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "One subject's limit is its own",
    probe: "valid requests of one subject up to its limit, then of another from the same address",
    expected: "429 for the first only; a record with `rate_limited` and its subject",
    why: "without it one client takes all, or one client's excess shuts out its office",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[770],
    references: &["OWASP API4:2023", "OWASP ASVS 5.0 2.4.1"],
    remedy: Remedy {
        jwtrail: "`Limits::builder().per_subject(..)`",
        plain: "count per subject after verification, beside the count per address",
    },
};
