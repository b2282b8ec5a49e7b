//! TLS-01: no plain http.

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge::Verdict;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "No plain http",
    probe: "a request over plain http",
    expected: "refused, not redirected",
    why: "a token that was sent once in clear is known on the way",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[319],
    references: &["OWASP ASVS 5.0 4.1.2"],
    remedy: Remedy {
        jwtrail: "serve https, and close the port of plain http",
        plain: "close the port of plain http for the API, or refuse there without a redirect",
    },
};

/// Whether the target is reached in clear. On this machine there is no way on which to listen.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let target = run.client.target();
    if target.is_loopback() {
        let why = "the target is on this machine; scan it where it will run".to_owned();
        return CheckResult::new(CheckId::Tls01, CheckOutcome::NotVerified { why });
    }
    let mut verdict = Verdict::default();
    if !target.is_https() {
        let summary = "the service takes tokens over plain http";
        verdict.findings.push(Finding::new(CheckId::Tls01, summary));
    }
    verdict.result(CheckId::Tls01, true, Vec::new())
}
