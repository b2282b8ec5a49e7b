//! LOG-07: success is logged as well.

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Success is logged as well",
    probe: "the valid token",
    expected: "a success record",
    why: "who only logs failures cannot see what a stolen token was used for",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &["OWASP ASVS 5.0 16.3.1", "OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes `token.accepted`",
        plain: "write the record for success as well",
    },
};

/// Whether the valid token left a record of success.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log07, no_log());
    }
    let mut verdict = Verdict::default();
    let accepted = |sent: &&Sent| sent.probe.check == CheckId::Pre1 && sent.let_in();
    let mut tried = 0;
    for sent in run.sent.iter().filter(accepted) {
        tried += 1;
        let records = run.trail.decisions(&sent.probe.request.ids);
        if records.is_empty() && verdict.findings.is_empty() {
            let mut finding = judge::finding(run, sent, "the accepted token left no record");
            (finding.check, finding.grade) = (CheckId::Log07, SubGrade::Evidence);
            finding.severity = Severity::Medium;
            finding.evidence.record = Some(judge::record_evidence(run, sent, &[]));
            verdict.findings.push(finding);
        }
    }
    verdict.result(CheckId::Log07, tried > 0, Vec::new())
}
