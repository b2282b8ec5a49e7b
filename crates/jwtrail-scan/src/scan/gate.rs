//! PRE-1 and PRE-2: the valid token is accepted, or nothing else means anything.

use crate::check::CheckId;
use crate::error::ScanError;
use crate::key_server::KeyServer;
use crate::observed::UnreadableLog;
use crate::operations::Scanned;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::report::SkippedOperation;
use crate::run::Run;

/// Calls every operation with the token and without, and keeps those where the token counts.
pub(super) async fn prove(
    run: &mut Run<'_>,
    mut skipped: Vec<SkippedOperation>,
) -> Result<Vec<SkippedOperation>, ScanError> {
    let mut probes = Vec::new();
    for (number, operation) in run.operations.iter().enumerate() {
        probes.push(valid(run, CheckId::Pre1, "", number, operation));
        probes.extend(run.workshop().case("AUT-01/none", number, operation).probes);
    }
    run.send_all(probes).await?;
    if run.sent.iter().all(|sent| sent.answer.is_err()) {
        let first = run.sent.iter().find_map(|sent| sent.answer.as_ref().err());
        return Err(ScanError::Down {
            problem: first.map(ToString::to_string).unwrap_or_default(),
        });
    }
    for sent in &run.sent {
        if let Some(operation) = run.operations.get_mut(sent.probe.operation) {
            match sent.probe.check {
                CheckId::Pre1 => operation.with_token = sent.status(),
                _ => operation.without_token = sent.status(),
            }
        }
    }
    let table = run.operations.iter().map(row).collect::<Vec<_>>();
    let mut kept = Vec::new();
    for (number, operation) in run.operations.iter().enumerate() {
        match unproven(operation, &run.said) {
            None => kept.push(number),
            Some(why) => skipped.push(SkippedOperation {
                name: operation.name.clone(),
                why,
            }),
        }
    }
    if kept.is_empty() {
        let unfetched = run.keys.as_ref().filter(|keys| keys.fetches() == 0);
        return Err(ScanError::NotProven {
            table,
            skipped,
            unfetched: unfetched.map(KeyServer::url),
        });
    }
    keep(run, &kept);
    run.deep = deepest(&run.operations);
    Ok(skipped)
}

/// Calls the deep operation with the token once more; whether it answers as before.
pub(super) async fn still_valid(run: &mut Run<'_>, after: &str) -> Result<bool, UnreadableLog> {
    let Some(operation) = run.operations.get(run.deep) else {
        return Ok(true);
    };
    let before = operation.with_token;
    let probe = valid(run, CheckId::Pre2, after, run.deep, operation);
    let number = run.send_one(probe).await?;
    let now = run.sent.get(number).and_then(Sent::status);
    // A failure of its own is no lockout.
    Ok(!matches!(now, Some(401 | 403 | 429)) || now == before)
}

fn valid(
    run: &Run<'_>,
    check: CheckId,
    variant: &str,
    number: usize,
    operation: &Scanned,
) -> Probe {
    Probe {
        check,
        variant: variant.to_owned(),
        title: "the valid token".to_owned(),
        operation: number,
        request: operation.request().bearer(&run.options.token),
        wanted: Wanted {
            answer: WantedAnswer::Accepted,
            record: Some(plan::success(&run.said)),
        },
    }
}

/// Why nothing can be said of an operation.
fn unproven(operation: &Scanned, said: &crate::token::Said) -> Option<String> {
    let open = matches!(operation.without_token, Some(200..=299));
    match (operation.with_token, operation.without_token) {
        (None, _) => Some("it does not answer".to_owned()),
        (Some(401), _) => Some("the token is refused there (401)".to_owned()),
        (Some(403), _) if !said.holds(&operation.scopes) => Some(format!(
            "the token lacks its scope `{}`; SCP-01 was checked there",
            operation.scopes.join(" ")
        )),
        (Some(403), _) => Some("the token is denied there (403)".to_owned()),
        (Some(429), _) => Some("the service slows the scan down there (429)".to_owned()),
        (Some(status @ 500..), _) => Some(format!("it fails with {status}")),
        (Some(404), Some(404)) => {
            Some("404 with the token and without: there is no such object or path".to_owned())
        }
        (Some(405), Some(405)) => Some("405: there is no such method".to_owned()),
        _ if open && !operation.declared => Some(
            "the document does not say that it is protected, and it answers without a token"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Leaves the operations of these numbers, renumbered. A token that was denied for want of a
/// scope was a probe of SCP-01.
fn keep(run: &mut Run<'_>, kept: &[usize]) {
    let old = std::mem::take(&mut run.operations);
    let mut denied = Vec::new();
    for (number, operation) in old.into_iter().enumerate() {
        let lacking = operation.with_token == Some(403) && !run.said.holds(&operation.scopes);
        if kept.contains(&number) {
            run.operations.push(operation);
        } else if lacking {
            denied.push((number, operation));
        }
    }
    // Those that the token cannot reach stand behind the others, for SCP-01 alone.
    let reachable = run.operations.len();
    let mut places: Vec<(usize, usize)> = kept.iter().copied().zip(0..).collect();
    for (at, (number, operation)) in denied.into_iter().enumerate() {
        places.push((number, reachable + at));
        run.operations.push(operation);
    }
    run.reachable = reachable;
    run.sent.retain_mut(|sent| {
        let Some((_, new)) = places.iter().find(|(old, _)| *old == sent.probe.operation) else {
            return false;
        };
        sent.probe.operation = *new;
        if *new >= reachable && sent.probe.check == CheckId::Pre1 {
            sent.probe.check = CheckId::Scp01;
            sent.probe.variant = "given-token".to_owned();
            sent.probe.title = "a valid token without the operation's scope".to_owned();
            sent.probe.wanted.answer = WantedAnswer::Denied;
            if let Some(record) = &mut sent.probe.wanted.record {
                record.reasons = vec![jwtrail_event::Reason::InsufficientScope];
            }
        }
        true
    });
}

/// The operation where most can be seen: it answers with success, asks for a scope, is safe.
fn deepest(operations: &[Scanned]) -> usize {
    let worth = |operation: &Scanned| {
        let success = matches!(operation.with_token, Some(200..=299));
        let closed = operation.without_token == Some(401);
        (
            success,
            closed,
            operation.method.safe(),
            !operation.scopes.is_empty(),
        )
    };
    let best = operations
        .iter()
        .enumerate()
        .rev()
        .max_by_key(|(_, one)| worth(one));
    best.map_or(0, |(number, _)| number)
}

/// A row of the table that says whether the token counts: with it, and without.
fn row(operation: &Scanned) -> String {
    let status = |status: Option<u16>| status.map_or("no answer".to_owned(), |s| s.to_string());
    format!(
        "{}: {} with the token, {} without",
        operation.name,
        status(operation.with_token),
        status(operation.without_token)
    )
}
