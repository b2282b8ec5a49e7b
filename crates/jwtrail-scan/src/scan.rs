//! A scan from its beginning to its report.

mod gate;
mod keys;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use jwtrail_event::Clock;
use jwtrail_forge::Forge;
use tokio::time::Instant;

use crate::alerts::AlertListener;
use crate::check::CheckId;
use crate::checks::{self, Group, Seen, fetch_listener::FetchListener};
use crate::client::Client;
use crate::error::ScanError;
use crate::judge;
use crate::leaks::SecretKind;
use crate::observed::{LogSource, UnreadableLog};
use crate::operations;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::report::{ScanReport, ScannedOperation, SkippedOperation, Timings};
use crate::run::Run;
use crate::score::Score;
use crate::secrets::Secrets;
use crate::target::Target;
use crate::token::Said;
use crate::trail::Trail;

/// Scans a service.
///
/// The log source is read from where it stands when the scan begins.
///
/// # Errors
///
/// When the target may not be scanned or does not answer, when the token cannot be used or is
/// accepted nowhere, and when the log cannot be read: none of that may look like a pass.
pub async fn scan(
    options: ScanOptions,
    log: Option<Box<dyn LogSource>>,
    clock: &dyn Clock,
    progress: &(dyn Fn(&Progress) + Send + Sync),
) -> Result<ScanReport, ScanError> {
    let mut options = options;
    let target = Target::resolve(&options.target, options.own_host.as_deref()).await?;
    let client = Client::new(target, options.rate, options.budget)?;
    let started = clock.now();
    let begun = Instant::now();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = FetchListener::start(any).await.map_err(deaf(any))?;
    let alerts = match options.alert_listen {
        Some(address) => Some(AlertListener::start(address).map_err(deaf(address))?),
        None => None,
    };
    let keys = keys::serve(&options)?;
    let key = options.sign_key.take();
    let mut forge = Forge::like(&options.token, key, started)
        .map_err(|_| ScanError::Token)?
        .with_seed(started.as_micros().unsigned_abs())
        .with_key_url(&listener.url());
    if let Some(key) = options.public_key.take() {
        forge = forge.with_public_key(key);
    }
    let secrets = Secrets::default();
    if keys.is_some() && forge.can_sign() {
        // The one that was given is signed by another key, or may be: it was the model.
        secrets.token(&options.token);
        options.token = forge.token().sign();
    }
    let said = Said::read(&options.token);
    let tokens = std::iter::once(&options.token).chain(&options.second_token);
    tokens.for_each(|token| secrets.token(token));
    if let Some(refresh) = &options.refresh {
        secrets.add(SecretKind::RefreshToken, &refresh.token);
    }
    let (operations, skipped) = operations::choose(&options);
    progress(&Progress::Operations {
        scanned: operations.len(),
        skipped: skipped.len(),
    });
    if operations.is_empty() {
        return Err(ScanError::NoOperation { skipped });
    }
    let mut run = Run {
        options: &options,
        client,
        clock,
        forge,
        said,
        secrets,
        operations,
        reachable: 0,
        deep: 0,
        sent: Vec::new(),
        not_verified: BTreeMap::new(),
        trail: Trail::default(),
        mappings: BTreeMap::new(),
        keys,
        refetches: None,
        outage: None,
        in_clear: None,
        limited: None,
        rotated: None,
        log,
        settling: Duration::ZERO,
        progress,
    };
    keys::wait_for_service(&run).await;
    let skipped = gate::prove(&mut run, skipped).await?;
    checks::tls_01::send(&mut run).await;
    groups(&mut run).await?;
    run.settle().await?;
    run.learn();
    let fetches = listener.stop();
    let alerts = match alerts {
        Some(listener) => Some(listener.finish(options.settle).await),
        None => None,
    };
    let seen = Seen {
        run: &run,
        fetches,
        alerts,
    };
    let report = report(&seen, skipped, started, begun.elapsed());
    if let Some(keys) = run.keys.take() {
        keys.stop().await;
    }
    Ok(report)
}

/// What comes of an address that cannot be listened on.
fn deaf(address: SocketAddr) -> impl FnOnce(io::Error) -> ScanError {
    move |source| ScanError::Listener { address, source }
}

/// Every group of checks, and the valid token after each.
async fn groups(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    for group in Group::ALL {
        (run.progress)(&Progress::Group { name: group.name() });
        let before = run.sent.len();
        checks::send(*group, run).await?;
        let any = run.sent.len() > before;
        if any && group.leaves_the_token() && !gate::still_valid(run, group.name()).await? {
            run.abandon(*group);
            break;
        }
    }
    Ok(())
}

/// What every source calls our fields, each name once.
fn field_mapping(run: &Run<'_>) -> Vec<(String, String)> {
    let mappings = run.mappings.values();
    let pairs: BTreeSet<_> = mappings.flat_map(|mapping| mapping.pairs()).collect();
    pairs.into_iter().collect()
}

fn report(
    seen: &Seen<'_, '_>,
    skipped: Vec<SkippedOperation>,
    started: jwtrail_event::Timestamp,
    took: Duration,
) -> ScanReport {
    let run = seen.run;
    let checks: Vec<_> = CheckId::ALL
        .iter()
        .map(|check| checks::judge(*check, seen))
        .collect();
    let findings = checks.iter().flat_map(|result| result.outcome.findings());
    let score = Score::of(findings, run.log.is_some());
    let operations = run.operations.iter().map(|operation| ScannedOperation {
        name: operation.name.clone(),
        place: operation.place.clone(),
        required_scope: operation.scopes.join(" "),
        with_token: operation.with_token,
        without_token: operation.without_token,
    });
    ScanReport {
        report_version: 1,
        scanner_version: env!("CARGO_PKG_VERSION").to_owned(),
        target: run.client.target().to_string(),
        standard: run.options.standard.label(),
        document: run.options.document.as_ref().map(|(name, _)| name.clone()),
        log_source: run.log.as_ref().map(|log| log.description()),
        field_mapping: field_mapping(run),
        operations: operations.collect(),
        skipped,
        checks,
        score: score.points,
        grade: score.grade,
        enforcement: score.enforcement,
        evidence: score.evidence,
        timings: Timings {
            started,
            requests: run.client.sent(),
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            settling_milliseconds: u64::try_from(run.settling.as_millis()).unwrap_or(u64::MAX),
            slowest_record_milliseconds: judge::slowest(run),
        },
    }
}
