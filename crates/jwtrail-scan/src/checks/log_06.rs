//! LOG-06: correlation ids are carried.

use crate::check::{About, CheckId, Remedy};
use crate::checks::hostile;
use crate::checks::log_01::no_log;
use crate::finding::{CheckOutcome, CheckResult};
use crate::judge::{self, Verdict};
use crate::observed::ObservedRecord;
use crate::plan::Plan;
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Correlation ids are carried",
    probe: "`x-request-id` and `traceparent`, good and bad",
    expected: "the good ones are in the record; a bad one is replaced",
    why: "one request's traces in several logs could not be joined",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.2.4",
        "OWASP API8:2023",
        "W3C Trace Context",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` keeps valid ids and replaces others",
        plain: "keep a valid incoming id, replace a bad one, and write it into each record",
    },
};

/// The valid token with bad ids. The good ids are on every other request.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let long = "9".repeat(2_000);
    let bad = [
        ("request-id", "a bad `x-request-id`", "x-request-id", BAD_ID),
        (
            "request-id-long",
            "an `x-request-id` of 2,000 bytes",
            "x-request-id",
            long.as_str(),
        ),
        (
            "traceparent",
            "a bad `traceparent`",
            "traceparent",
            "00-00000000000000000000000000000000-zz",
        ),
    ]
    .into_iter()
    .filter_map(|(variant, title, name, value)| {
        hostile::probe(run, CheckId::Log06, variant, title, |request| {
            request.with(name, value)
        })
    });
    Plan {
        probes: bad.collect(),
        ..Plan::default()
    }
}

/// Whether good ids are carried and bad ones are not.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log06, no_log());
    }
    let mut result = judge::probes(run, CheckId::Log06);
    let mut verdict = Verdict::default();
    for sent in run.sent.iter().filter(|sent| owes_record(sent)) {
        let ids = &sent.probe.request.ids;
        let ours = sent.probe.check == CheckId::Log06;
        // Under a bad id that was taken over, none of the good ones finds it.
        let taken = || {
            run.trail
                .all()
                .iter()
                .find(|record| taken_over(record))
                .cloned()
        };
        let found = run.trail.decision(ids);
        let Some(record) = found.or_else(|| ours.then(taken).flatten()) else {
            continue;
        };
        let flaw = if ours {
            taken_over(&record).then_some("a bad `x-request-id` was taken over")
        } else if !record.mentions(&ids.request) {
            Some("the `x-request-id` is not in the record")
        } else if !record.mentions(&ids.trace) {
            Some("the trace id of `traceparent` is not in the record")
        } else {
            None
        };
        if let Some(flaw) = flaw
            && verdict.findings.iter().all(|known| known.summary != flaw)
        {
            let mut finding = judge::finding(run, sent, flaw);
            finding.check = CheckId::Log06;
            (finding.severity, finding.grade) = (Severity::Medium, SubGrade::Evidence);
            finding.evidence.record = Some(judge::record_evidence(run, sent, &[&record]));
            verdict.findings.push(finding);
        }
    }
    if run.trail.all().is_empty() {
        let why = "there is no record that could carry an id".to_owned();
        result.outcome = CheckOutcome::NotVerified { why };
    } else if !verdict.findings.is_empty() {
        verdict.findings.extend(result.outcome.findings().to_vec());
        result.outcome = CheckOutcome::Failed {
            findings: verdict.findings,
            notes: result.outcome.notes().to_vec(),
        };
    }
    result
}

/// Whether a record's id is one that no service should have taken.
fn taken_over(record: &ObservedRecord) -> bool {
    let id = record.field("correlation_id");
    id.is_some_and(|id| id == BAD_ID || id.len() > LONGEST_ID)
}

/// In bytes.
const LONGEST_ID: usize = 256;

/// Blanks and quotes are no part of an id.
const BAD_ID: &str = "not an id\"; DROP";
