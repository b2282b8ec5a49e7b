//! REF-01: refresh tokens rotate.

use jwtrail_event::{SecretToken, Trust};
use serde_json::Value;

use crate::check::{About, CheckId, Remedy};
use crate::client::Answer;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::leaks::SecretKind;
use crate::observed::UnreadableLog;
use crate::options::RefreshEndpoint;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer, WantedRecord};
use crate::request::Request;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::token::Said;

pub(crate) const ABOUT: About = About {
    title: "Refresh tokens rotate",
    probe: "a refresh",
    expected: "a new refresh token; a record with the old and the new id",
    why: "a refresh token that stays the same is as good as a password, and nobody sees a second user of it",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &["OWASP ASVS 5.0 10.4.5", "RFC 9700 section 4.14.2"],
    remedy: Remedy {
        jwtrail: "`Sessions` rotates at each refresh",
        plain: "give a new refresh token at each refresh, and note which it follows",
    },
};

/// Exchanges the refresh token.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let Some(refresh) = run.options.refresh.clone() else {
        run.miss(CheckId::Ref01, MISSING);
        return Ok(());
    };
    let probe = exchange(CheckId::Ref01, "rotate", &refresh, &refresh.token);
    let at = run.send_one(probe).await?;
    let tokens = run.sent.get(at).and_then(|sent| sent.answer.as_ref().ok());
    let tokens = tokens.and_then(Answer::json).unwrap_or_default();
    let token = |name: &str| {
        let text = tokens.get(name).and_then(Value::as_str)?;
        Some(SecretToken::new(text.to_owned()))
    };
    for secret in [token("access_token"), token("refresh_token")]
        .iter()
        .flatten()
    {
        run.secrets.add(SecretKind::RefreshToken, secret);
    }
    run.rotated = token("refresh_token");
    Ok(())
}

/// Whether a new refresh token came, and a record with both ids.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let mut missed = run.missed(CheckId::Ref01);
    let sent = run
        .sent
        .iter()
        .find(|sent| sent.probe.check == CheckId::Ref01);
    let Some(sent) = sent.filter(|sent| sent.status() == Some(200)) else {
        if let Some(status) = sent.and_then(Sent::status) {
            missed.push(format!(
                "the refresh token that was given is refused ({status}); give one of a session \
                 that lives, and of another than the token's"
            ));
        }
        return verdict.result(CheckId::Ref01, false, missed);
    };
    let given = run
        .options
        .refresh
        .as_ref()
        .map(|refresh| refresh.token.expose());
    match run.rotated.as_ref().map(SecretToken::expose) {
        None => {
            let summary = "the answer has no `refresh_token`: the old one stays good";
            verdict.findings.push(judge::finding(run, sent, summary));
        }
        Some(new) if Some(new) == given => {
            let summary = "the refresh token stays the same";
            verdict.findings.push(judge::finding(run, sent, summary));
        }
        Some(_) => {}
    }
    if run.log.is_some() {
        record(run, sent, &mut verdict);
    }
    let mut result = verdict.result(CheckId::Ref01, true, missed);
    result.probes = 1;
    result
}

/// Whether the refresh left a record with what the standard asks for.
fn record(run: &Run<'_>, sent: &Sent, verdict: &mut Verdict) {
    let records = run.trail.of(&sent.probe.request.ids);
    let of_refresh = records.iter().find(|record| {
        let event = record.field("event").unwrap_or_default();
        event.contains("refresh") || record.field("previous_jti").is_some()
    });
    let record = of_refresh.or(records.first());
    let missing: Vec<&str> = match record {
        None => Vec::new(),
        Some(record) => {
            let owed = run.options.standard.refresh.iter().map(String::as_str);
            owed.filter(|field| record.field(field).is_none()).collect()
        }
    };
    let summary = match record {
        None => "the refresh left no record".to_owned(),
        Some(_) if missing.is_empty() => return,
        Some(_) => format!("the record of the refresh lacks {}", missing.join(", ")),
    };
    let mut finding = judge::finding(run, sent, &summary);
    finding.grade = SubGrade::Evidence;
    finding.evidence.record = Some(judge::record_evidence(run, sent, &records));
    verdict.findings.push(finding);
}

/// A request to the token endpoint (RFC 6749 section 6).
pub(super) fn exchange(
    check: CheckId,
    variant: &str,
    refresh: &RefreshEndpoint,
    token: &SecretToken,
) -> Probe {
    let given = refresh
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = [("grant_type", "refresh_token")]
        .into_iter()
        .chain(given)
        .collect();
    Probe {
        check,
        variant: variant.to_owned(),
        title: "a refresh".to_owned(),
        // It is none of the operations.
        operation: usize::MAX,
        request: Request::new("POST", &refresh.path).form(&fields, ("refresh_token", token)),
        wanted: Wanted {
            answer: WantedAnswer::Any,
            record: Some(WantedRecord {
                reasons: Vec::new(),
                trust: Trust::Verified,
                said: Said::default(),
                literal: false,
            }),
        },
    }
}

const MISSING: &str =
    "it needs a refresh token (--refresh-token) and where it is exchanged (--refresh-path /token)";
