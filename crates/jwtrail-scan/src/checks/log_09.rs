//! LOG-09: records come in time, and never cost an answer.

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::{CheckResult, Finding};
use crate::judge::{self, Verdict};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Records come in time, and never cost an answer",
    probe: "the time from each answer to its record",
    expected: "within the settle window",
    why: "an alert that comes late is no alert",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.5.2",
        "OWASP API8:2023",
        "NIST SP 800-53 AU-5",
    ],
    remedy: Remedy {
        jwtrail: "the trail writes every 50 ms and never makes a request wait",
        plain: "write out at least once a second, on another thread than the request's",
    },
};

/// Whether records come within the settle window, and how late the latest was. That an answer
/// does not wait for a sink that is down cannot be seen from outside.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log09, no_log());
    }
    let mut verdict = Verdict::default();
    let Some(slowest) = judge::slowest(run) else {
        let seconds = run.options.settle.as_secs();
        let summary = format!("no record came within {seconds} seconds of its answer");
        verdict.findings.push(Finding::new(CheckId::Log09, summary));
        return verdict.result(CheckId::Log09, true, Vec::new());
    };
    if slowest > SLOW {
        verdict.note(format!(
            "the slowest record came {slowest} ms after its answer"
        ));
    }
    let sink =
        "sink-down: whether answers wait for a sink that is down cannot be seen from outside";
    verdict.result(CheckId::Log09, true, vec![sink.to_owned()])
}

/// Records that take longer are noted, in milliseconds.
const SLOW: u64 = 2_000;
