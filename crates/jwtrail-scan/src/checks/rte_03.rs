//! RTE-03: a forged address changes nothing.

use std::collections::BTreeSet;

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "A forged address changes nothing",
    probe: "bad tokens with another `X-Forwarded-For` each",
    expected: "the limit holds, and the record has the real address",
    why: "who writes his own address has no limit, and the trail shows somebody else",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[290, 348],
    references: &["OWASP ASVS 5.0 4.1.3"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` believes the header from `trusted_proxies` only",
        plain: "believe the header from your own proxies only, and read it from the right",
    },
};

/// A bad token with a forged address, from the address that is slowed down.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let slowed = run.limited.is_some();
    let source = run
        .limited
        .clone()
        .unwrap_or_else(|| run.client.fresh_source());
    if !slowed {
        let why =
            "limit: bad tokens are not slowed down (RTE-01), so a forged address can lift no limit";
        run.miss(CheckId::Rte03, why);
    }
    for (variant, value) in HEADERS {
        // What a limit gives back meanwhile lets a few through.
        for _ in 0..MOST {
            let Some(mut probe) = super::rte_01::bad_token(run, CheckId::Rte03, variant) else {
                return Ok(());
            };
            probe.title = format!("a bad token with a forged `{variant}`");
            probe.request = probe.request.with(variant, value);
            let at = run.send_from(&source, probe).await?;
            if !slowed || run.sent.get(at).is_none_or(Sent::limited) {
                break;
            }
        }
    }
    Ok(())
}

/// Whether the limit held, and the record has the real address.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let missed = run.missed(CheckId::Rte03);
    let ours = |sent: &&Sent| sent.probe.check == CheckId::Rte03 && sent.answer.is_ok();
    let limited = run.sent.iter().filter(ours).filter(|sent| sent.limited());
    let mut held: BTreeSet<&str> = limited.map(|sent| sent.probe.variant.as_str()).collect();
    let mut tried = 0;
    for sent in run.sent.iter().filter(ours) {
        tried += 1;
        if run.limited.is_some() && held.insert(&sent.probe.variant) {
            let summary = format!("{} is not slowed down any more", sent.probe.title);
            verdict.findings.push(judge::finding(run, sent, &summary));
        }
        let records = run.trail.decisions(&sent.probe.request.ids);
        let taken = records.iter().find(|record| {
            let address = record.field("client_ip").or(record.field("peer_ip"));
            address.is_some_and(|address| address.contains(FORGED))
        });
        if let Some(record) = taken {
            let summary = format!("{}: the record has the forged address", sent.probe.title);
            let mut finding = judge::finding(run, sent, &summary);
            finding.grade = SubGrade::Evidence;
            finding.evidence.record = Some(judge::record_evidence(run, sent, &[record]));
            verdict.findings.push(finding);
        }
    }
    let mut result = verdict.result(CheckId::Rte03, tried > 0, missed);
    (result.probes, result.operations) = (tried, vec![run.deep]);
    result
}

/// How often each forged header is tried before the limit counts as escaped.
const MOST: u32 = 5;
/// Documentation addresses (RFC 5737): nobody's.
const FORGED: &str = "203.0.113.77";
const HEADERS: [(&str, &str); 3] = [
    ("x-forwarded-for", "203.0.113.77"),
    ("forwarded", "for=203.0.113.77"),
    ("x-real-ip", "203.0.113.77"),
];
