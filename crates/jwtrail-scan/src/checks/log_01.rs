//! LOG-01: every request leaves a record.

use std::collections::BTreeMap;

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult};
use crate::judge::{self, Verdict};
use crate::probe::Sent;
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Every request leaves a record",
    probe: "all probes of this scan",
    expected: "one record for each, found by its correlation id",
    why: "what leaves no record did not happen, for whoever looks afterwards",
    severity: Some(Severity::Critical),
    grade: SubGrade::Evidence,
    cwe: &[778, 223],
    references: &[
        "OWASP ASVS 5.0 16.3.1",
        "OWASP ASVS 5.0 16.3.2",
        "OWASP ASVS 5.0 16.3.3",
        "OWASP API8:2023",
        "PCI DSS 4.0.1 10.2.1.4",
        "NIST SP 800-53 AU-2",
        "NIST SP 800-53 AU-12",
        "SOC 2 CC7.2",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes one record for each decision",
        plain: "write one record for each decision, in the one place where it is made",
    },
};

/// Whether every request that owes a record has one.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log01, no_log());
    }
    let mut verdict = Verdict::default();
    // The probes of LOG-06 bring bad ids of their own, those of LOG-09 are sent in an outage of
    // the log: each looks for its records itself.
    let found_by_id = |sent: &&Sent| {
        owes_record(sent) && !matches!(sent.probe.check, CheckId::Log06 | CheckId::Log09)
    };
    let owed: Vec<&Sent> = run.sent.iter().filter(found_by_id).collect();
    let unseen = |sent: &&Sent| run.trail.of(&sent.probe.request.ids).is_empty();
    let missing: Vec<&Sent> = owed.iter().copied().filter(unseen).collect();
    // One finding for each operation and status: the same place of the service forgot them.
    let mut kinds: BTreeMap<(usize, Option<u16>), Vec<&Sent>> = BTreeMap::new();
    for sent in &missing {
        let kind = (sent.probe.operation, sent.status());
        kinds.entry(kind).or_default().push(sent);
    }
    for ((operation, status), requests) in kinds {
        let Some(first) = requests.first() else {
            continue;
        };
        let status = status.unwrap_or_default();
        let of_kind = owed
            .iter()
            .filter(|sent| sent.probe.operation == operation && sent.status() == Some(status));
        let summary = format!(
            "{} of {} requests that were answered with {status} left no record",
            requests.len(),
            of_kind.count()
        );
        let mut finding = judge::finding(run, first, &summary);
        finding.check = CheckId::Log01;
        finding.variant = status.to_string();
        finding.grade = SubGrade::Evidence;
        finding.severity = Severity::Critical;
        finding.evidence.record = Some(judge::record_evidence(run, first, &[]));
        verdict.findings.push(finding);
    }
    let mut result = verdict.result(CheckId::Log01, !owed.is_empty(), Vec::new());
    result.probes = u32::try_from(owed.len()).unwrap_or(u32::MAX);
    result.operations = (0..run.operations.len()).collect();
    result
}

/// What a check of the log says where there is none.
pub(super) fn no_log() -> CheckOutcome {
    CheckOutcome::NotVerified {
        why: "no log source was given; name one with --logs".to_owned(),
    }
}
