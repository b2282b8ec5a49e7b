//! CLM-05: tokens from somebody else are refused.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens from somebody else are refused",
    probe: "another issuer, none, and issuers of a wrong type",
    expected: "401; a record with `bad_issuer`, `missing_claim` or `bad_claim_type`",
    why: "keys that sign for several issuers would sign for all of them",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[346],
    references: &["OWASP ASVS 5.0 9.1.3", "RFC 8725 section 3.8"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` binds keys to their issuer",
        plain: "compare `iss` with the issuer whose key it is",
    },
};
