use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, CheckOutcome, Grade, ScanOptions, SubGrade};

use crate::support::{Observing, findings, followed, scanned};

#[actix_web::test]
async fn a_service_that_only_observes_is_open_and_no_liar() {
    let forge = Forge::new(SystemClock.now());
    let service = Observing::start(&forge);
    let mut options = ScanOptions::new(&service.url, forge.token().sign());
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.failure_limit = 5;
    let report = scanned(options, followed(&service.audit)).await;
    service.stop().await;

    assert_eq!(report.enforcement, Grade::F);
    let evidence = report
        .findings()
        .filter(|finding| finding.grade == SubGrade::Evidence);
    assert_eq!(evidence.count(), 0, "{:#?}", findings(&report));
    assert_eq!(report.evidence, Grade::A);
    let told = report
        .checks
        .iter()
        .find(|result| result.check == CheckId::Log08)
        .unwrap();
    let CheckOutcome::PassedWithNote { notes } = &told.outcome else {
        unreachable!("a mode of our own is no lie: {told:?}");
    };
    assert!(
        notes[0].contains("`enforced: false`") && notes[0].contains("only observes"),
        "{notes:?}"
    );
}
