//! LOG-09: records come in time, and never cost an answer.

mod outage;

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::{CheckResult, Finding};
use crate::judge::{self, Verdict};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) use outage::{Outage, send};

pub(crate) const ABOUT: About = About {
    title: "Records come in time, and never cost an answer",
    probe: "the time from each answer to its record; where the service sends its log to the scanner (`--logs otlp:PORT`), six requests while the receiver holds and refuses every export",
    expected: "within the settle window; while the receiver is down the same answers, no later, and their records once it is up again",
    why: "an alert that comes late is no alert, and a collector that fails must neither stop the service, nor open it, nor cost the trail of that time",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.5.2",
        "OWASP API8:2023",
        "NIST SP 800-53 AU-5",
    ],
    remedy: Remedy {
        jwtrail: "the trail writes every 50 ms, never makes a request wait, and spools while its sink is down",
        plain: "write out at least once a second, on another thread than the request's; keep what the collector did not take, and try again",
    },
};

/// Whether records come within the settle window, how late the latest was, and what an outage of
/// the log's receiver did.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log09, no_log());
    }
    let mut verdict = Verdict::default();
    let mut missed = run.missed(CheckId::Log09);
    match judge::slowest(run) {
        None => {
            let seconds = run.options.settle.as_secs();
            let summary = format!("no record came within {seconds} seconds of its answer");
            verdict.findings.push(Finding::new(CheckId::Log09, summary));
        }
        Some(slowest) if slowest > SLOW => verdict.note(format!(
            "the slowest record came {slowest} ms after its answer"
        )),
        Some(_) => {}
    }
    let probes = outage::judge(run, &mut verdict, &mut missed);
    let mut result = verdict.result(CheckId::Log09, true, missed);
    result.probes = probes;
    result
}

/// Records that take longer are noted, in milliseconds.
const SLOW: u64 = 2_000;
