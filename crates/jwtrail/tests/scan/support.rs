mod audit_file;
mod bare;
mod eager;
mod echo;
mod exporter;
mod fetching;
mod monitor;
mod observing;
mod orders;
mod server;
mod sloppy;

pub(crate) use audit_file::followed;
pub(crate) use bare::{Bare, Door};
pub(crate) use eager::Eager;
pub(crate) use echo::Echo;
pub(crate) use exporter::{Exporter, Habit};
pub(crate) use fetching::Fetching;
pub(crate) use monitor::Monitor;
pub(crate) use observing::Observing;
pub(crate) use orders::Orders;
pub(crate) use server::Server;
pub(crate) use sloppy::Sloppy;

use std::net::SocketAddr;

use jwtrail_actix::SystemClock;
use jwtrail_scan::{LogSource, ScanOptions, ScanReport, scan};

/// Scans, and fails the test where that comes to no result.
pub(crate) async fn scanned(options: ScanOptions, log: Option<Box<dyn LogSource>>) -> ScanReport {
    scan(options, log, &SystemClock, &|_| {}).await.unwrap()
}

/// For a listener of the scan's.
pub(crate) fn free_address() -> SocketAddr {
    jwtrail_testkit::free_address().unwrap()
}

/// Every finding on a line of its own.
pub(crate) fn findings(report: &ScanReport) -> Vec<String> {
    report
        .findings()
        .map(|finding| {
            let operation = finding.operation.as_deref().unwrap_or("-");
            format!(
                "{}/{} {} {} {operation}: {}",
                finding.check, finding.variant, finding.severity, finding.grade, finding.summary
            )
        })
        .collect()
}
