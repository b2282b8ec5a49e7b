//! KEY-02: keys are not fetched from where the token says.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Keys are not fetched from where the token says",
    probe: "`jku` and `x5u` that point to a listener of ours",
    expected: "401, and the listener sees no request; a record with `untrusted_key`",
    why: "the service would call whatever address an attacker writes, and trust what it finds there",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[918, 347],
    references: &[
        "OWASP API7:2023",
        "OWASP ASVS 5.0 9.1.3",
        "RFC 8725 section 3.10",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` never follows `jku` or `x5u`",
        plain: "ignore `jku` and `x5u`, or compare them with a list",
    },
};
