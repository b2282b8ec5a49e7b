//! RTE-02: one subject's limit is its own.

mod per_token;

use jwtrail_event::{Reason, SecretToken};

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::token::Said;

pub(crate) const ABOUT: About = About {
    title: "One subject's limit is its own",
    probe: "valid requests of one subject up to its limit, then of another from the same address, \
            then of the first with other tokens",
    expected: "429 for the first only, with each of its tokens; a record with `rate_limited` and \
               its subject",
    why: "without it one client takes all, or one client's excess shuts out its office",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[770],
    references: &["OWASP API4:2023", "OWASP ASVS 5.0 2.4.1"],
    remedy: Remedy {
        jwtrail: "`Limits::builder().per_subject(..)`",
        plain: "count per subject after verification, beside the count per address",
    },
};

/// Valid requests of the second user up to the limit, then one of the first user's from the same
/// address, then the second user's with tokens that are new.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    per_token::send(run).await?;
    of_subject(run).await
}

async fn of_subject(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let (Some(second), Some(limit)) = (run.options.second_token.clone(), run.options.subject_limit)
    else {
        let why = "it needs another user's token (--second-token) and the limit that a subject \
                   has (--subject-limit N)";
        run.miss(CheckId::Rte02, why);
        return Ok(());
    };
    let said = Said::read(&second);
    let shared = run.reachable().find(|(_, one)| said.holds(&one.scopes));
    let Some((number, operation)) = shared.map(|(number, one)| (number, one.clone())) else {
        let why = "the second token has the scope of no operation that the first one reaches";
        run.miss(CheckId::Rte02, why);
        return Ok(());
    };
    let source = run.client.fresh_source();
    let probe = |variant: &str, token: &SecretToken, said: &Said| Probe {
        check: CheckId::Rte02,
        variant: variant.to_owned(),
        title: "a valid token".to_owned(),
        operation: number,
        request: operation.request().bearer(token),
        wanted: Wanted {
            answer: WantedAnswer::Any,
            record: Some(plan::success(said)),
        },
    };
    let many: Vec<Probe> = (0..=limit.saturating_mul(2))
        .map(|n| probe(&format!("second-{n}"), &second, &said))
        .collect();
    let other = probe("first", &run.options.token, &run.said);
    for probe in many {
        let at = run.send_from(&source, probe).await?;
        let Some(sent) = run.sent.get_mut(at).filter(|sent| sent.limited()) else {
            continue;
        };
        sent.probe.variant = "slowed".to_owned();
        if let Some(record) = &mut sent.probe.wanted.record {
            record.reasons = vec![Reason::RateLimited];
        }
        break;
    }
    run.send_from(&source, other).await?;
    let Some(subject) = said.sub.filter(|_| run.forge.can_sign()) else {
        let why = "other tokens of the same subject: they need the key (--sign-key)";
        run.miss(CheckId::Rte02, why);
        return Ok(());
    };
    // What a limit gives back meanwhile lets a few through.
    for n in 0..MOST_FRESH {
        let token = run.forge.token().subject(&subject).sign();
        run.secrets.token(&token);
        let mut fresh = probe(&format!("{FRESH}-{n}"), &token, &Said::read(&token));
        fresh.title = "a valid token with another id".to_owned();
        let at = run.send_from(&source, fresh).await?;
        if let Some(sent) = run.sent.get_mut(at).filter(|sent| sent.limited()) {
            if let Some(record) = &mut sent.probe.wanted.record {
                record.reasons = vec![Reason::RateLimited];
            }
            break;
        }
    }
    Ok(())
}

/// Whether the second user was slowed down, and the first one was not.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let missed = run.missed(CheckId::Rte02);
    let sent: Vec<&Sent> = run
        .sent
        .iter()
        .filter(|sent| sent.probe.check == CheckId::Rte02 && !per_token::is_of_token(sent))
        .collect();
    let is_many = |one: &&&Sent| {
        let variant = &one.probe.variant;
        variant != "first" && !variant.starts_with(FRESH)
    };
    let many = sent.iter().filter(is_many).count();
    let slowed = sent.iter().find(|one| one.probe.variant == "slowed");
    if let Some(slowed) = slowed {
        judge::record(run, slowed, &mut verdict);
        // Where nothing slows the subject down, its other tokens say nothing more.
        let mut fresh = sent
            .iter()
            .filter(|one| one.probe.variant.starts_with(FRESH));
        if let Some(last) = fresh.next_back() {
            if last.limited() {
                judge::record(run, last, &mut verdict);
            } else {
                let summary = "a token of the same subject with another id is not slowed down";
                verdict.findings.push(judge::finding(run, last, summary));
            }
        }
    } else if let Some(last) = sent.iter().rev().find(is_many) {
        let summary = format!("{many} valid requests of one subject were not slowed down");
        verdict.findings.push(judge::finding(run, last, &summary));
    }
    let other = sent.iter().find(|one| one.probe.variant == "first");
    if let Some(other) = other.filter(|one| one.limited()) {
        let summary = "another subject at the same address is slowed down with the first";
        verdict.findings.push(judge::finding(run, other, summary));
    }
    per_token::judge(run, &mut verdict);
    let all = sent.len() + run.sent.iter().filter(per_token::is_of_token).count();
    let mut result = verdict.result(CheckId::Rte02, all > 0, missed);
    result.probes = u32::try_from(all).unwrap_or(u32::MAX);
    result
}

/// How the variants of the first subject's other tokens begin.
const FRESH: &str = "fresh";
const MOST_FRESH: u32 = 20;
