//! LOG-08: the log says what the answer said.

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::reading::{Reading, RecordOutcome, doubles};
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "The log says what the answer said",
    probe: "the records of all probes",
    expected: "one record each, with the outcome that the client saw; a service that only observes \
               says so in it (`enforced: false`)",
    why: "a record that says success where the client was refused is worse than none",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[223, 778],
    references: &["OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes the record when the answer is known",
        plain: "write the record once, when the answer is known",
    },
};

/// Whether each request has one record of its decision, with the outcome that the client saw.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log08, no_log());
    }
    let mut verdict = Verdict::default();
    let (mut seen, mut observed, mut told) = (0_u32, 0_u32, Vec::new());
    for sent in run.sent.iter().filter(|sent| owes_record(sent)) {
        let records = run.trail.decisions(&sent.probe.request.ids);
        let Some(record) = records.first() else {
            continue;
        };
        seen += 1;
        let refused = matches!(sent.status(), Some(400 | 401 | 403 | 429));
        let reading = Reading::of(record);
        let lie = match reading.outcome() {
            Some(RecordOutcome::Success) if refused => {
                Some("the record says success, and the client was refused")
            }
            Some(RecordOutcome::Failure) if !reading.enforced() => {
                observed += 1;
                None
            }
            Some(RecordOutcome::Failure) if matches!(sent.status(), Some(200..=299)) => {
                Some("the record says failure, and the client was let in")
            }
            _ => None,
        };
        let twice =
            (doubles(&records) > 0).then_some("one request left several records of its decision");
        for flaw in lie.into_iter().chain(twice) {
            if told.contains(&flaw) {
                continue;
            }
            told.push(flaw);
            let mut finding = judge::finding(run, sent, flaw);
            (finding.check, finding.grade) = (CheckId::Log08, SubGrade::Evidence);
            finding.severity = Severity::High;
            finding.evidence.record = Some(judge::record_evidence(run, sent, &records));
            verdict.findings.push(finding);
        }
    }
    if observed > 0 {
        verdict.note(format!(
            "the service only observes: {observed} records say `enforced: false`, so that their \
             failures refused nobody"
        ));
    }
    let missed = vec!["no record was seen".to_owned()]
        .into_iter()
        .filter(|_| seen == 0);
    let mut result = verdict.result(CheckId::Log08, seen > 0, missed.collect());
    result.probes = seen;
    result
}
