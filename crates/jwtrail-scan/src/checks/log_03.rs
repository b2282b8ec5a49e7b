//! LOG-03: no token in the log.

use std::collections::BTreeMap;

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::{CheckOutcome, CheckResult, Finding, RecordEvidence};
use crate::judge::{self, Verdict};
use crate::observed::ObservedRecord;
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "No token in the log",
    probe: "the tokens, signatures and secrets of this scan, searched for in every line",
    expected: "none, in whatever encoding",
    why: "who reads the log can use the tokens in it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Evidence,
    cwe: &[532, 312, 522],
    references: &[
        "OWASP ASVS 5.0 16.2.5",
        "OWASP ASVS 5.0 14.2.4",
        "OWASP API8:2023",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes a fingerprint in the token's place",
        plain: "log a keyed hash of the token, and no query and no headers",
    },
};

/// Searches every line of the log for every secret of the scan.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log03, no_log());
    }
    let mut search = run.secrets.search();
    let mut found: BTreeMap<String, (usize, &ObservedRecord)> = BTreeMap::new();
    for record in run.trail.all() {
        for leak in search.feed(&record.raw) {
            found.entry(leak.to_string()).or_insert((0, record)).0 += 1;
        }
    }
    let mut verdict = Verdict::default();
    for (leak, (count, record)) in found {
        let summary = format!("the log has {leak}; {count} of the scan's are there so");
        let mut finding = Finding::new(CheckId::Log03, summary);
        finding.variant.clone_from(&leak);
        if let Some(sent) = sender(run, record) {
            judge::about_operation(run, sent.probe.operation, &mut finding);
            finding.evidence = judge::evidence(run, sent);
        }
        finding.evidence.record = Some(RecordEvidence::Found(judge::shown(run, record)));
        verdict.findings.push(finding);
    }
    if run.trail.all().is_empty() {
        let why = "there is no record to search".to_owned();
        return CheckResult::new(CheckId::Log03, CheckOutcome::NotVerified { why });
    }
    verdict.result(CheckId::Log03, true, Vec::new())
}

/// The request that a record is about, if it is about one of ours.
fn sender<'r>(run: &'r Run<'_>, record: &ObservedRecord) -> Option<&'r Sent> {
    run.sent.iter().find(|sent| {
        let ids = &sent.probe.request.ids;
        record.mentions(&ids.request) || record.mentions(&ids.trace)
    })
}
