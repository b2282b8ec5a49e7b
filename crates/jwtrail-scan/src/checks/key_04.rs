//! KEY-04: an unknown key id is refused cheaply.

use std::time::Duration;

use jwtrail_event::{Reason, SecretToken};
use tokio::time::sleep;
use uuid::Uuid;

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge;
use crate::observed::UnreadableLog;
use crate::plan::{self, Plan};
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "An unknown key id is refused cheaply",
    probe: "a `kid` that nobody knows; where the service fetches its key set from the scanner (`--serve-jwks`), ten more in a row, each another one",
    expected: "401; a record with `unknown_key`, and at most one new fetch of the key set",
    why: "each bad token would make the service ask its issuer",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[770],
    references: &["OWASP API4:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` fetches a key set again at most once in its cooldown",
        plain: "fetch the key set again at most once in a while, not once a token",
    },
};

/// What tokens of unknown keys made of the key set that we serve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refetches {
    /// How often it was fetched for them.
    fetches: u32,
    /// Tokens that the service judged.
    tokens: usize,
}

/// The catalogue's tokens, and where we would see it that each makes the service ask for its
/// keys, several in a row.
pub(crate) async fn send(run: &mut Run<'_>, plan: Plan) -> Result<(), UnreadableLog> {
    let Some(before) = run.keys.as_ref().map(|keys| keys.fetches()) else {
        return run.carry_out(CheckId::Key04, plan).await;
    };
    run.carry_out(CheckId::Key04, plan).await?;
    let source = run.client.fresh_source();
    for _ in 0..TOKENS {
        if let Some(probe) = unknown(run) {
            // One after the other: a fetch under way may serve all who wait for it.
            run.send_from(&source, probe).await?;
        }
    }
    // Some answer first and fetch afterwards.
    sleep(AFTERWARDS).await;
    let judged =
        |sent: &&Sent| sent.probe.check == CheckId::Key04 && sent.answer.is_ok() && !sent.limited();
    let tokens = run.sent.iter().filter(judged).count();
    let after = run.keys.as_ref().map_or(before, |keys| keys.fetches());
    run.refetches = Some(Refetches {
        fetches: after.saturating_sub(before),
        tokens,
    });
    Ok(())
}

/// As the others, and the key set may be fetched once.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    // Of those in a row only the fetches count.
    let own = |sent: &Sent| sent.probe.variant != IN_A_ROW;
    let mut result = judge::probes_that(run, CheckId::Key04, own);
    let in_a_row = run.sent.iter().filter(|sent| !own(sent)).count();
    result.probes += u32::try_from(in_a_row).unwrap_or(u32::MAX);
    if result.probes == 0 {
        return result;
    }
    let (Some(keys), Some(seen)) = (&run.keys, run.refetches) else {
        result.not_verified.push(
            "fetches: how often the service fetches its key set again only its issuer sees; let \
             it fetch from the scanner with --serve-jwks"
                .to_owned(),
        );
        return result;
    };
    if keys.fetches() == 0 {
        result.not_verified.push(format!(
            "fetches: nobody fetched the key set that the scanner served; let the service fetch \
             it from {}, and start it again",
            keys.url()
        ));
    } else if seen.tokens < FEWEST {
        result.not_verified.push(format!(
            "fetches: the service judged {} tokens only; raise its limits for the scan",
            seen.tokens
        ));
    } else if seen.fetches > 1 {
        add(&mut result, too_often(run, seen));
    } else if let CheckOutcome::NotVerified { why } = &result.outcome {
        // Without a key the catalogue's tokens cannot be made; those in a row passed.
        result.not_verified.push(why.clone());
        result.outcome = CheckOutcome::Passed;
    }
    result
}

fn too_often(run: &Run<'_>, seen: Refetches) -> Finding {
    let Refetches { fetches, tokens } = seen;
    let summary = format!(
        "{tokens} tokens of unknown keys made the service fetch its key set {fetches} times"
    );
    let last = |sent: &&Sent| sent.probe.check == CheckId::Key04 && sent.answer.is_ok();
    let mut finding = match run.sent.iter().rev().find(last) {
        Some(sent) => judge::finding(run, sent, &summary),
        None => Finding::new(CheckId::Key04, summary),
    };
    finding.variant = "fetches".to_owned();
    finding
}

fn add(result: &mut CheckResult, finding: Finding) {
    let mut notes = result.outcome.notes().to_vec();
    let mut findings = result.outcome.findings().to_vec();
    findings.push(finding);
    notes.dedup();
    result.outcome = CheckOutcome::Failed { findings, notes };
}

/// A token under a name that no key has, another one each time.
fn unknown(run: &Run<'_>) -> Option<Probe> {
    let operation = run.operations.get(run.deep)?;
    let id = Uuid::new_v4().simple().to_string();
    let token = run.forge.token().header("kid", id);
    let token: SecretToken = match run.forge.can_sign() {
        true => token.sign(),
        false => token.signed_by_stranger().sign(),
    };
    run.secrets.token(&token);
    let said = crate::token::Said::read(&token);
    let mut record = plan::success(&said);
    record.trust = jwtrail_event::Trust::None;
    record.reasons = vec![
        Reason::UnknownKey,
        Reason::BadSignature,
        Reason::AlgorithmNotAllowed,
        Reason::RateLimited,
    ];
    Some(Probe {
        check: CheckId::Key04,
        variant: IN_A_ROW.to_owned(),
        title: "a `kid` that nobody knows, one of several in a row".to_owned(),
        operation: run.deep,
        request: operation.request().bearer(&token),
        wanted: Wanted {
            answer: WantedAnswer::Any,
            record: Some(record),
        },
    })
}

const IN_A_ROW: &str = "in-a-row";
/// Tokens in a row.
const TOKENS: u32 = 10;
/// With fewer, one fetch for each would not be told from one fetch.
const FEWEST: usize = 3;
/// How long after the last answer a fetch still counts.
const AFTERWARDS: Duration = Duration::from_secs(1);
