//! KEY-02: keys are not fetched from where the token says.

use crate::check::{About, CheckId, Remedy};
use crate::checks::Seen;
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Keys are not fetched from where the token says",
    probe: "`jku` and `x5u` that point to a listener of ours",
    expected: "401, and the listener sees no request; a record with `untrusted_key`",
    why: "the service would call whatever address an attacker writes, and trust what it finds there",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[918, 347],
    references: &[
        "OWASP API7:2023",
        "OWASP ASVS 5.0 9.1.3",
        "RFC 8725 section 3.10",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` never follows `jku` or `x5u`",
        plain: "ignore `jku` and `x5u`, or compare them with a list",
    },
};

/// As the others, and nobody may have called the listener.
pub(crate) fn judge(seen: &Seen<'_, '_>) -> CheckResult {
    let run = seen.run;
    let mut result = judge::probes(run, CheckId::Key02);
    if seen.fetches > 0 {
        let times = seen.fetches;
        let summary = format!("the service called the address in the token, {times} times");
        let mut finding = Finding::new(CheckId::Key02, summary);
        finding.variant = "fetch".to_owned();
        judge::about_operation(run, run.deep, &mut finding);
        let sent = run
            .sent
            .iter()
            .find(|sent| sent.probe.check == CheckId::Key02);
        if let Some(sent) = sent {
            finding.evidence = judge::evidence(run, sent);
        }
        result.outcome = match result.outcome {
            CheckOutcome::Failed {
                mut findings,
                notes,
            } => {
                findings.push(finding);
                CheckOutcome::Failed { findings, notes }
            }
            other => CheckOutcome::Failed {
                notes: other.notes().to_vec(),
                findings: vec![finding],
            },
        };
    } else if !run.client.target().is_loopback() {
        result
            .not_verified
            .push("fetch: a service on another machine cannot reach our listener".to_owned());
    }
    result
}
