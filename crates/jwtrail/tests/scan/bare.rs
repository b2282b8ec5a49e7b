use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, Grade, ScanOptions, ScanReport, SubGrade};

use crate::support::{Bare, Door, findings, followed, scanned};

#[actix_web::test]
async fn a_service_without_a_door_fails_in_both_halves() {
    let report = scan_of(Door::Open).await;
    assert_eq!((report.enforcement, report.evidence), (Grade::F, Grade::F));
    for check in ["AUT-01", "SIG-01", "SIG-03", "KEY-01", "AUT-05"] {
        let enforcement = |finding: &&jwtrail_scan::Finding| finding.grade == SubGrade::Enforcement;
        let failed = report.findings().filter(enforcement);
        let failed: Vec<&str> = failed.map(|finding| finding.check.as_str()).collect();
        assert!(failed.contains(&check), "{check}: {failed:?}");
    }
    assert_eq!(unlogged(&report), ["LOG-01", "LOG-02", "LOG-07", "LOG-09"]);
}

#[actix_web::test]
async fn a_service_that_refuses_and_writes_nothing_fails_in_evidence_only() {
    let forge = Forge::new(SystemClock.now());
    let report = scan_of(Door::verified(&forge)).await;
    assert_eq!(report.evidence, Grade::F, "{:#?}", findings(&report));
    assert_eq!(unlogged(&report), ["LOG-01", "LOG-02", "LOG-07", "LOG-09"]);
    // What it lacks is a limit.
    let answers: Vec<String> = report
        .findings()
        .filter(|finding| finding.grade == SubGrade::Enforcement)
        .map(|finding| finding.check.to_string())
        .collect();
    assert_eq!(answers, ["RTE-01"], "{:#?}", findings(&report));
    assert_eq!(report.enforcement, Grade::A);
}

#[actix_web::test]
async fn without_a_log_the_trail_is_not_verified() {
    let forge = Forge::new(SystemClock.now());
    let bare = Bare::start(Door::verified(&forge));
    let mut options = ScanOptions::new(&bare.url, forge.token().sign());
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.failure_limit = 5;
    let report = scanned(options, None).await;
    assert_eq!((report.grade, report.evidence), (Grade::C, Grade::C));
    let log = report
        .checks
        .iter()
        .find(|result| result.check == CheckId::Log01)
        .unwrap();
    let text = serde_json::to_string(log).unwrap();
    assert!(
        text.contains("not_verified") && text.contains("--logs"),
        "{text}"
    );
    bare.stop().await;
}

async fn scan_of(door: Door) -> ScanReport {
    let forge = Forge::new(SystemClock.now());
    let bare = Bare::start(door);
    let mut options = ScanOptions::new(&bare.url, forge.token().sign());
    options.operations = vec![
        Operation::parse("GET /orders").unwrap(),
        Operation::parse("GET /admin/users").unwrap(),
    ];
    options.settle = std::time::Duration::from_millis(300);
    let report = scanned(options, followed(&bare.log)).await;
    bare.stop().await;
    report
}

/// The checks that failed in the trail.
fn unlogged(report: &ScanReport) -> Vec<&'static str> {
    let mut failed: Vec<&str> = report
        .findings()
        .filter(|finding| finding.grade == SubGrade::Evidence)
        .map(|finding| finding.check.as_str())
        .collect();
    failed.dedup();
    failed
}
