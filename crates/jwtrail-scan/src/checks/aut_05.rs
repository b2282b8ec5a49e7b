//! AUT-05: tokens in the query are refused.

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Tokens in the query are refused",
    probe: "the valid token as `access_token` in the query",
    expected: "400 or 401; a record with `missing`, and the token in no log",
    why: "addresses are written to logs, histories and `Referer` headers, and the token with them",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[598],
    references: &[
        "OWASP API2:2023",
        "OWASP ASVS 5.0 14.2.1",
        "RFC 9700 section 4.3.2",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` reads no token from the query, and writes no query to the trail",
        plain: "take tokens from the header only, and keep the query out of every log",
    },
};

/// As the others; that the token is in no log is LOG-03, which searches for this one, too.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    judge::probes(run, CheckId::Aut05)
}
