use jwtrail_demo::orders::Role;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{Grade, ScanOptions};

use crate::support::{Orders, findings, followed, scanned};

#[actix_web::test]
async fn the_protected_example_has_no_findings() {
    let orders = Orders::start();
    let token = orders.token("ada", Role::Admin).await;
    let mut options = ScanOptions::new(&orders.url, token);
    options.sign_key = Some(Orders::sign_key());
    options.operations = ["GET /orders", "GET /admin/users"]
        .iter()
        .map(|text| Operation::parse(text).unwrap())
        .collect();
    let report = scanned(options, followed(&orders.audit)).await;
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
    assert_eq!((report.grade, report.score), (Grade::A, 100));
    orders.stop().await;
}
