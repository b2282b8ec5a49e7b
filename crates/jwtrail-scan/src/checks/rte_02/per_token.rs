//! The limit that each token has, beside that of its subject.

use jwtrail_event::{Reason, SecretToken};

use crate::check::CheckId;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::run::Run;
use crate::token::Said;

/// Valid requests with one token up to its limit, then one with another token of the same subject.
pub(super) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let Some(limit) = run.options.token_limit else {
        return Ok(());
    };
    if !run.forge.can_sign() {
        let why = "the limit of one token: two tokens of one subject need the key (--sign-key)";
        run.miss(CheckId::Rte02, why);
        return Ok(());
    }
    let source = run.client.fresh_source();
    let (first, second) = (token(run), token(run));
    for _ in 0..=limit.saturating_mul(2) {
        let Some(probe) = probe(run, FIRST, &first) else {
            return Ok(());
        };
        let at = run.send_from(&source, probe).await?;
        if let Some(sent) = run.sent.get_mut(at).filter(|sent| sent.limited()) {
            if let Some(record) = &mut sent.probe.wanted.record {
                record.reasons = vec![Reason::RateLimited];
            }
            break;
        }
    }
    if let Some(probe) = probe(run, SECOND, &second) {
        run.send_from(&source, probe).await?;
    }
    Ok(())
}

/// Whether the first token was slowed down, and the second was not.
pub(super) fn judge(run: &Run<'_>, verdict: &mut Verdict) {
    let of = |variant: &'static str| {
        let own = run.sent.iter().filter(is_of_token);
        own.filter(move |sent| sent.probe.variant == variant)
    };
    if let Some(last) = of(FIRST).next_back() {
        if last.limited() {
            judge::record(run, last, verdict);
        } else {
            let count = of(FIRST).count();
            let summary = format!("{count} valid requests with one token were not slowed down");
            verdict.findings.push(judge::finding(run, last, &summary));
        }
    }
    if let Some(other) = of(SECOND).find(|sent| sent.limited()) {
        let summary = "another token of the same subject is slowed down with the first";
        verdict.findings.push(judge::finding(run, other, summary));
    }
}

/// Whether a probe is one of these.
pub(super) fn is_of_token(sent: &&Sent) -> bool {
    sent.probe.check == CheckId::Rte02 && sent.probe.variant.starts_with("token-")
}

fn token(run: &Run<'_>) -> SecretToken {
    let subject = run.said.sub.clone().unwrap_or_default();
    let token = run.forge.token().subject(&subject).sign();
    run.secrets.token(&token);
    token
}

fn probe(run: &Run<'_>, variant: &str, token: &SecretToken) -> Option<Probe> {
    let operation = run.operations.get(run.deep)?;
    Some(Probe {
        check: CheckId::Rte02,
        variant: variant.to_owned(),
        title: "a valid token".to_owned(),
        operation: run.deep,
        request: operation.request().bearer(token),
        wanted: Wanted {
            answer: WantedAnswer::Any,
            record: Some(plan::success(&Said::read(token))),
        },
    })
}

const FIRST: &str = "token-first";
const SECOND: &str = "token-second";
