//! LOG-05: timestamps are right.

use jwtrail_event::Timestamp;

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Timestamps are right",
    probe: "the records of all probes",
    expected: "RFC 3339 with an offset, less than 5 seconds off",
    why: "records of two machines could not be put in order",
    severity: Some(Severity::Low),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.2.2",
        "OWASP API8:2023",
        "NIST SP 800-53 AU-8",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes UTC with microseconds",
        plain: "write UTC in RFC 3339, and keep the clocks synchronized",
    },
};

/// Whether the times in the records are right. What is within a few seconds of its request cannot
/// go backwards by more.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log05, no_log());
    }
    let mut verdict = Verdict::default();
    let (mut seen, mut told) = (0_u32, Vec::new());
    for sent in run.sent.iter().filter(|sent| owes_record(sent)) {
        let Some(record) = run.trail.decision(&sent.probe.request.ids) else {
            continue;
        };
        let Some(text) = record.field("time") else {
            continue;
        };
        seen += 1;
        let flaw = match text.parse::<Timestamp>() {
            Err(_) => Some((
                "form",
                "no RFC 3339 date and time with an offset".to_owned(),
            )),
            Ok(time) => {
                let skew = sent.answered_at.micros_since(time);
                let seconds = skew / 1_000_000;
                (skew.abs() > SKEW).then(|| ("skew", format!("{seconds} seconds behind our clock")))
            }
        };
        if let Some((kind, flaw)) = flaw
            && !told.contains(&kind)
        {
            told.push(kind);
            let summary = format!("the time `{}` is {flaw}", judge::plain(text));
            let mut finding = judge::finding(run, sent, &summary);
            (finding.check, finding.variant) = (CheckId::Log05, kind.to_owned());
            (finding.severity, finding.grade) = (Severity::Low, SubGrade::Evidence);
            verdict.findings.push(finding);
        }
    }
    let mut result = verdict.result(
        CheckId::Log05,
        seen > 0,
        vec!["no record has a `time`".to_owned()]
            .into_iter()
            .filter(|_| seen == 0)
            .collect(),
    );
    result.probes = seen;
    result
}

/// How far a clock may be off, in microseconds.
const SKEW: i64 = 5_000_000;
