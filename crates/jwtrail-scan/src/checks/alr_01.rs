//! ALR-01: attacks raise an alert.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Attacks raise an alert",
    probe: "what RTE-01 and REF-02 did",
    expected: "an alert at the address given with `--alert-listen`",
    why: "a log that nobody reads stops nobody",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &["NIST SP 800-53 AU-6"],
    remedy: Remedy {
        jwtrail: "`jwtrail serve` with a webhook",
        plain: "alert on rate limits and on reuse of refresh tokens",
    },
};
