//! ALR-01: attacks raise an alert.

use crate::check::{About, CheckId, Remedy};
use crate::checks::Seen;
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge::Verdict;
use crate::probe::Sent;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Attacks raise an alert",
    probe: "what RTE-01 and REF-02 did",
    expected: "an alert at the address given with `--alert-listen`",
    why: "a log that nobody reads stops nobody",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &["PCI DSS 4.0.1 10.4.1.1", "NIST SP 800-53 AU-6"],
    remedy: Remedy {
        jwtrail: "`jwtrail serve` with a webhook",
        plain: "alert on rate limits and on reuse of refresh tokens",
    },
};

/// Whether an alert came, after something that deserves one.
pub(crate) fn judge(seen: &Seen<'_, '_>) -> CheckResult {
    let not_verified = |why: &str| {
        let why = why.to_owned();
        CheckResult::new(CheckId::Alr01, CheckOutcome::NotVerified { why })
    };
    let Some(alerts) = seen.alerts else {
        return not_verified("no address for alerts was given; name one with --alert-listen");
    };
    let alarming = |sent: &Sent| {
        let burst = sent.probe.check == CheckId::Rte01 && sent.probe.variant != "good";
        (burst || sent.probe.check == CheckId::Ref02) && sent.answer.is_ok()
    };
    if !seen.run.sent.iter().any(alarming) {
        return not_verified("nothing was sent that deserves an alert (RTE-01, REF-02)");
    }
    let mut verdict = Verdict::default();
    if alerts == 0 {
        let seconds = seen.run.options.settle.as_secs();
        let summary = format!("no alert came within {seconds} seconds of the last request");
        verdict.findings.push(Finding::new(CheckId::Alr01, summary));
    }
    verdict.result(CheckId::Alr01, true, Vec::new())
}
