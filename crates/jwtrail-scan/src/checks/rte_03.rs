//! RTE-03: a forged address changes nothing.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A forged address changes nothing",
    probe: "bad tokens with another `X-Forwarded-For` each",
    expected: "the limit holds, and the record has the real address",
    why: "who writes his own address has no limit, and the trail shows somebody else",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[290, 348],
    references: &["OWASP ASVS 5.0 4.1.3"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` believes the header from `trusted_proxies` only",
        plain: "believe the header from your own proxies only, and read it from the right",
    },
};
