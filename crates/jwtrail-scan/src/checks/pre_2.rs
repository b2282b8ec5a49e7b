//! PRE-2: valid tokens are still accepted after bad ones.

use crate::check::{About, Remedy};
use crate::severity::SubGrade;

pub(crate) const ABOUT: About = About {
    title: "Valid tokens are still accepted after bad ones",
    probe: "the valid token again between the groups of checks",
    expected: "the same answer as before",
    why: "a service that locked us out would refuse everything afterwards, and look safe",
    severity: None,
    grade: SubGrade::Enforcement,
    cwe: &[],
    references: &[],
    remedy: Remedy {
        jwtrail: "keep the default limits: they charge failures, and good tokens still pass",
        plain: "count failures only, and let a token that verifies through",
    },
};
