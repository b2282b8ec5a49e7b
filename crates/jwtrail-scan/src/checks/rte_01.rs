//! RTE-01: bad tokens are slowed down.

use jwtrail_event::Reason;

use crate::check::{About, CheckId, Remedy};
use crate::client::Answer;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::operations::Scanned;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Bad tokens are slowed down",
    probe: "bad tokens from one address, up to the limit that the service should have",
    expected: "429 with `Retry-After` within the limit, and the good token still passes; a record with `rate_limited`",
    why: "without a limit a search for a good token costs nothing",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[307, 770, 799],
    references: &[
        "OWASP API4:2023",
        "OWASP ASVS 5.0 2.4.1",
        "NIST SP 800-53 AC-7",
    ],
    remedy: Remedy {
        jwtrail: "keep the default limits of `JwtAuth`",
        plain: "count failures per address, answer 429 with `Retry-After`, and let good tokens through",
    },
};

/// Bad tokens from one address until it is slowed down; then the good one from there.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let source = run.client.fresh_source();
    let limit = run.options.failure_limit;
    let mut slowed = false;
    for number in 0..=limit {
        let Some(probe) = bad_token(run, CheckId::Rte01, &format!("bad-{number}")) else {
            run.miss(CheckId::Rte01, "no bad token can be made");
            return Ok(());
        };
        let at = run.send_from(&source, probe).await?;
        let Some(sent) = run.sent.get_mut(at) else {
            return Ok(());
        };
        if sent.answer.is_err() {
            break;
        }
        if sent.limited() {
            sent.probe.variant = "slowed".to_owned();
            sent.probe.title = "a bad token over the limit".to_owned();
            if let Some(record) = &mut sent.probe.wanted.record {
                record.reasons = vec![Reason::RateLimited];
            }
            slowed = true;
            break;
        }
    }
    let operation = run.operations.get(run.deep).map(Scanned::request);
    if let Some(request) = operation {
        let good = Probe {
            check: CheckId::Rte01,
            variant: "good".to_owned(),
            title: "the valid token from an address that sent many bad ones".to_owned(),
            operation: run.deep,
            request: request.bearer(&run.options.token),
            wanted: Wanted {
                answer: WantedAnswer::Accepted,
                record: Some(plan::success(&run.said)),
            },
        };
        run.send_from(&source, good).await?;
    }
    run.limited = slowed.then_some(source);
    Ok(())
}

/// Whether the address was slowed down, told for how long, and not shut out.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let sent: Vec<&Sent> = run
        .sent
        .iter()
        .filter(|sent| sent.probe.check == CheckId::Rte01)
        .collect();
    let bad = sent
        .iter()
        .filter(|one| one.probe.variant != "good" && one.answer.is_ok())
        .count();
    match sent
        .iter()
        .find(|one| one.limited() && one.probe.variant == "slowed")
    {
        Some(slowed) => {
            verdict.note(format!(
                "the address was slowed down at its bad token number {bad}"
            ));
            let told = slowed.answer.as_ref().ok().and_then(Answer::retry_after);
            if told.is_none() {
                let summary = "429 without `Retry-After`";
                let mut finding = judge::finding(run, slowed, summary);
                finding.severity = Severity::Low;
                verdict.findings.push(finding);
            }
            judge::record(run, slowed, &mut verdict);
        }
        None if bad > 0 => {
            if let Some(last) = sent.iter().rev().find(|one| one.probe.variant != "good") {
                let summary =
                    format!("{bad} bad tokens from one address in a row were not slowed down");
                let mut finding = judge::finding(run, last, &summary);
                finding.variant = "unlimited".to_owned();
                verdict.findings.push(finding);
            }
        }
        None => {}
    }
    let good = sent
        .iter()
        .find(|one| one.probe.variant == "good" && one.answer.is_ok());
    if let Some(good) = good.filter(|one| !one.let_in()) {
        let summary = "the valid token is shut out with the bad ones from its address";
        verdict.findings.push(judge::finding(run, good, summary));
    }
    let missed = run.missed(CheckId::Rte01);
    let mut result = verdict.result(CheckId::Rte01, bad > 0, missed);
    result.probes = u32::try_from(sent.len()).unwrap_or(u32::MAX);
    result.operations = vec![run.deep];
    result
}

/// A token that no key signed, another one each time.
pub(in crate::checks) fn bad_token(run: &Run<'_>, check: CheckId, variant: &str) -> Option<Probe> {
    let operation = run.operations.get(run.deep)?;
    let plan = run.workshop().case("SIG-01/stranger", run.deep, operation);
    let mut probe = plan.probes.into_iter().next()?;
    (probe.check, probe.variant) = (check, variant.to_owned());
    probe.wanted.answer = WantedAnswer::Any;
    if let Some(record) = &mut probe.wanted.record {
        record.reasons = vec![
            Reason::BadSignature,
            Reason::RateLimited,
            Reason::AlgorithmNotAllowed,
        ];
    }
    Some(probe)
}
