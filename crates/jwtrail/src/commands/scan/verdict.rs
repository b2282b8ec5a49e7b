use jwtrail_scan::formats::Baseline;
use jwtrail_scan::{ScanError, ScanReport, SkippedOperation, TargetError};

use super::gate::{Level, Limit};
use crate::failure::{Failure, Kind};

/// Whether the report passes the gate.
pub(super) fn of(
    report: &ScanReport,
    baseline: Option<&ScanReport>,
    level: Level,
    limit: Option<Limit>,
) -> Result<(), Failure> {
    let baseline = baseline.map(Baseline::of);
    let reached = report.findings().filter(|finding| {
        let known = baseline
            .as_ref()
            .is_some_and(|baseline| baseline.has(finding));
        !known && level.reached(finding.severity)
    });
    let count = reached.count();
    if count > 0 {
        let findings = if count == 1 { "finding" } else { "findings" };
        return Err(Failure::new(
            Kind::Findings,
            format!("{count} {findings} over the gate"),
        ));
    }
    match limit.map(Limit::grade) {
        Some(limit) if report.grade > limit => Err(Failure::new(
            Kind::Findings,
            format!("the grade is {}, the gate asks for {limit}", report.grade),
        )),
        _ => Ok(()),
    }
}

pub(super) fn failure(error: &ScanError, url: &str) -> Failure {
    let kind = match error {
        ScanError::Target(TargetError::Unresolved(_))
        | ScanError::Down { .. }
        | ScanError::NotProven { .. } => Kind::Unreachable,
        ScanError::Log(_) | ScanError::Listener { .. } | ScanError::Client(_) => Kind::Machine,
        _ => Kind::Usage,
    };
    let mut failure = Failure::new(kind, error.to_string()).at_url(url);
    if let Some(source) = std::error::Error::source(error) {
        failure = failure.because(source);
    }
    match error {
        ScanError::Target(TargetError::Public { host, .. }) => failure.remedy(format!(
            "if it is yours, say so with --i-own-this-host {host}"
        )),
        ScanError::Down { .. } => failure.remedy("start the service, and check the URL"),
        ScanError::NotProven {
            table,
            skipped,
            unfetched,
        } => {
            for row in table {
                failure = failure.also(row.clone());
            }
            failure = left_out(failure, skipped);
            failure.remedy(match unfetched {
                Some(url) => format!(
                    "nobody fetched the key set: let the service fetch it from {url}, and start \
                     the service while the scan waits"
                ),
                None => {
                    "give a token that the service accepts, and check issuer, audience and expiry"
                        .to_owned()
                }
            })
        }
        ScanError::Listener { .. } => {
            failure.remedy("name an address of this machine and a port that is free")
        }
        ScanError::NoOperation { skipped } => left_out(failure, skipped)
            .remedy("name an operation with --operation \"GET /orders\", or allow writes"),
        ScanError::NoKeyToServe => failure.remedy(
            "give a private key with --sign-key or a public one with --public-key; an HMAC secret \
             has no public half",
        ),
        ScanError::Token => failure.remedy(
            "the scanner checks JSON Web Tokens (RFC 7519); an opaque token cannot be forged",
        ),
        _ => failure,
    }
}

fn left_out(mut failure: Failure, skipped: &[SkippedOperation]) -> Failure {
    for operation in skipped {
        failure = failure.also(format!(
            "{} was not scanned: {}",
            operation.name, operation.why
        ));
    }
    failure
}
