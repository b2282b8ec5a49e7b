//! What a service does while the receiver of its log is down.

use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::{OtlpSink, SystemClock};
use jwtrail_demo::orders::Role;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_scan::sources::{OtlpReceiver, Several};
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{
    CheckId, CheckResult, Grade, LogSource, ScanOptions, ScanReport, Severity, Standard,
};

use crate::support::{Exporter, Habit, Observing, Orders, findings, followed, scanned};

#[actix_web::test]
async fn the_example_with_a_collector_loses_nothing_and_has_no_findings() {
    let (receiver, spool) = (receiver(), tempfile::tempdir().unwrap());
    let collector = OtlpSink::http(&format!("http://{}", receiver.address()), spool.path());
    let orders = Orders::collected_by(collector);
    let token = orders.token("ada", Role::Admin).await;
    let mut options = ScanOptions::new(&orders.url, token);
    options.operations = vec![Operation::parse("GET /admin/users").unwrap()];
    options.sign_key = Some(Orders::sign_key());
    options.standard = Standard::strict();
    let report = scanned(options, Some(Box::new(receiver))).await;
    orders.stop().await;
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
    let result = log_09(&report);
    assert_eq!(result.not_verified, Vec::<String>::new());
    let notes = result.outcome.notes().join("; ");
    assert!(notes.contains("the records of that time came"), "{notes}");
}

#[actix_web::test]
async fn a_service_that_keeps_its_records_passes() {
    let result = outage_of(Habit::Keeps).await;
    assert_eq!(found(&result), Vec::<String>::new());
    assert_eq!(result.not_verified, Vec::<String>::new());
    let notes = result.outcome.notes().join("; ");
    assert!(
        notes.contains("the records of that time came"),
        "{result:?}"
    );
    assert_eq!(result.probes, 6);
}

#[actix_web::test]
async fn a_service_that_loses_its_records_is_found() {
    let result = outage_of(Habit::Forgets).await;
    let found = found(&result);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("lost medium: ")
            && found[0].contains("of 6 records from when the log's receiver was down did not come"),
        "{found:?}"
    );
}

#[actix_web::test]
async fn a_service_that_waits_for_its_log_is_found() {
    let found = found(&outage_of(Habit::Waits).await);
    assert_eq!(kinds(&found), ["lost", "slow"], "{found:?}");
    assert!(found.join("\n").contains("ms later while"), "{found:?}");
}

#[actix_web::test]
async fn a_service_that_opens_without_its_log_is_critical() {
    let result = outage_of(Habit::Opens).await;
    let found = found(&result);
    assert_eq!(kinds(&found), ["lost", "open", "slow"], "{found:?}");
    let findings = result.outcome.findings().iter();
    let worst = findings.map(|finding| finding.severity).max();
    assert_eq!(worst, Some(Severity::Critical));
}

#[actix_web::test]
async fn a_service_that_closes_without_its_log_says_so() {
    let result = outage_of(Habit::Closes).await;
    let found = found(&result);
    assert_eq!(kinds(&found), ["lost", "slow"], "{found:?}");
    let notes = result.outcome.notes().join("; ");
    assert!(notes.contains("lets nobody in"), "{notes}");
}

#[actix_web::test]
async fn a_log_that_is_no_receiver_of_ours_is_not_taken_away() {
    let forge = Forge::new(SystemClock.now());
    let service = Observing::start(&forge);
    let receiver: Box<dyn LogSource> = Box::new(receiver());
    let file = followed(&service.audit).unwrap();
    for (log, why) in [
        (followed(&service.audit).unwrap(), "--logs otlp:PORT"),
        (
            Box::new(Several::new(vec![receiver, file])) as Box<dyn LogSource>,
            "nothing of this scan came by OTLP",
        ),
    ] {
        let report = scanned(options(&service.url, &forge), Some(log)).await;
        let result = log_09(&report);
        assert_eq!(found(result), Vec::<String>::new());
        let not_verified = result.not_verified.join("; ");
        assert!(not_verified.contains(why), "{not_verified}");
        assert_eq!(result.probes, 0);
    }
    service.stop().await;
}

/// What LOG-09 says of a service of this habit.
async fn outage_of(habit: Habit) -> CheckResult {
    let forge = Forge::new(SystemClock.now());
    let receiver = receiver();
    let url = format!("http://{}", receiver.address());
    let service = Exporter::start(&forge, &url, habit);
    let report = scanned(options(&service.url, &forge), Some(Box::new(receiver))).await;
    service.stop().await;
    // Nothing of it is found a second time elsewhere.
    let coverage = report.checks.iter().find(|one| one.check == CheckId::Log01);
    assert_eq!(found(coverage.unwrap()), Vec::<String>::new());
    log_09(&report).clone()
}

fn receiver() -> OtlpReceiver {
    OtlpReceiver::listen(([127, 0, 0, 1], 0).into(), Arc::new(SystemClock)).unwrap()
}

fn options(url: &str, forge: &Forge) -> ScanOptions {
    let mut options = ScanOptions::new(url, forge.token().sign());
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.rate = 200;
    options.failure_limit = 5;
    options.settle = Duration::from_secs(1);
    options
}

fn log_09(report: &ScanReport) -> &CheckResult {
    let mut results = report.checks.iter();
    results.find(|one| one.check == CheckId::Log09).unwrap()
}

fn found(result: &CheckResult) -> Vec<String> {
    let findings = result.outcome.findings().iter();
    findings
        .map(|one| format!("{} {}: {}", one.variant, one.severity, one.summary))
        .collect()
}

fn kinds(found: &[String]) -> Vec<&str> {
    let mut kinds: Vec<&str> = found
        .iter()
        .filter_map(|text| text.split(' ').next())
        .collect();
    kinds.sort_unstable();
    kinds
}
