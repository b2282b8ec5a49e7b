//! RTE-01: bad tokens are slowed down.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Bad tokens are slowed down",
    probe: "bad tokens from one address, up to the limit that the service should have",
    expected: "429 with `Retry-After` within the limit, and the good token still passes; a record with `rate_limited`",
    why: "without a limit a search for a good token costs nothing",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[307, 770, 799],
    references: &[
        "OWASP API4:2023",
        "OWASP ASVS 5.0 2.4.1",
        "NIST SP 800-53 AC-7",
    ],
    remedy: Remedy {
        jwtrail: "keep the default limits of `JwtAuth`",
        plain: "count failures per address, answer 429 with `Retry-After`, and let good tokens through",
    },
};
