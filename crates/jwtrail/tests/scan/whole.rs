use jwtrail_demo::orders::Role;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, CheckOutcome, Grade, RefreshEndpoint, ScanOptions, Standard};
use jwtrail_session::{Limits, Quota};
use serde_json::json;

use crate::support::{Orders, findings, followed, scanned};

#[actix_web::test]
async fn everything_that_can_be_given_is_checked_and_holds() {
    let limits = Limits::builder().per_subject(Quota::per_minute(150));
    let orders = Orders::with_limits(limits);
    let password = orders.user("ada", Role::Admin);
    let (token, _) = orders.session("ada", &password).await;
    let (_, refresh) = orders.session("ada", &password).await;
    let order = json!({ "item": "espresso beans", "quantity": 1 });
    orders.post("/orders", Some(&token), &order).await;

    let mut options = ScanOptions::new(&orders.url, token);
    options.document = Some(("openapi.json".to_owned(), orders.document().await));
    options.sign_key = Some(Orders::sign_key());
    options.second_token = Some(orders.token("bert", Role::Customer).await);
    options.owned_object = Some(Operation::parse("GET /orders/1").unwrap());
    options.logout = Some(Operation::parse("POST /logout").unwrap());
    options.subject_limit = Some(150);
    options.rate = 200;
    options.standard = Standard::strict();
    let mut endpoint = RefreshEndpoint::new("/refresh", refresh);
    endpoint.fields = vec![("client_id".to_owned(), "orders-web".to_owned())];
    endpoint.grace = std::time::Duration::from_secs(1);
    options.refresh = Some(endpoint);

    let report = scanned(options, followed(&orders.audit)).await;
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.grade, report.score), (Grade::A, 100));
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
    let not_verified = |result: &&jwtrail_scan::CheckResult| {
        matches!(result.outcome, CheckOutcome::NotVerified { .. })
    };
    let open: Vec<CheckId> = report
        .checks
        .iter()
        .filter(not_verified)
        .map(|result| result.check)
        .collect();
    assert_eq!(open, [CheckId::Alr01, CheckId::Tls01]);
    // What it did not call, it names: what writes, what ends a session, what is open.
    let skipped: Vec<&str> = report.skipped.iter().map(|one| one.name.as_str()).collect();
    assert!(
        skipped.contains(&"POST /orders") && skipped.contains(&"POST /logout"),
        "{skipped:?}"
    );
    orders.stop().await;
}

#[actix_web::test]
async fn a_limit_that_another_token_of_the_subject_escapes_is_found() {
    let limits = Limits::builder().per_token(Quota::per_minute(150));
    let orders = Orders::with_limits(limits);
    let token = orders.token("ada", Role::Admin).await;
    let mut options = ScanOptions::new(&orders.url, token);
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.sign_key = Some(Orders::sign_key());
    options.second_token = Some(orders.token("bert", Role::Customer).await);
    options.subject_limit = Some(150);
    options.rate = 200;
    let report = scanned(options, followed(&orders.audit)).await;
    let found = findings(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("RTE-02") && found[0].contains("another id is not slowed down"),
        "{found:?}"
    );
    orders.stop().await;
}

#[actix_web::test]
async fn a_limit_of_one_token_is_tried_where_there_is_one() {
    for (limits, expected) in [
        (Limits::builder().per_token(Quota::per_minute(60)), None),
        (
            Limits::builder(),
            Some("valid requests with one token were not slowed down"),
        ),
        (
            Limits::builder().per_subject(Quota::per_minute(60)),
            Some("another token of the same subject is slowed down"),
        ),
    ] {
        let orders = Orders::with_limits(limits);
        let token = orders.token("ada", Role::Admin).await;
        let mut options = ScanOptions::new(&orders.url, token);
        options.operations = vec![Operation::parse("GET /orders").unwrap()];
        options.sign_key = Some(Orders::sign_key());
        options.token_limit = Some(60);
        options.rate = 200;
        let report = scanned(options, followed(&orders.audit)).await;
        let found = findings(&report);
        assert_eq!(found.len(), expected.iter().len(), "{found:?}");
        if let Some(text) = expected {
            assert!(
                found[0].contains("RTE-02") && found[0].contains(text),
                "{found:?}"
            );
        }
        orders.stop().await;
    }
}

#[actix_web::test]
async fn twenty_operations_take_less_than_half_a_minute() {
    let orders = Orders::start();
    let token = orders.token("ada", Role::Admin).await;
    let mut options = ScanOptions::new(&orders.url, token);
    options.sign_key = Some(Orders::sign_key());
    options.operations = (1..=20)
        .map(|number| Operation::parse(&format!("GET /orders/{number}")).unwrap())
        .collect();
    let report = scanned(options, followed(&orders.audit)).await;
    assert_eq!(report.operations.len(), 20);
    assert_eq!(findings(&report), Vec::<String>::new());
    assert!(report.timings.milliseconds < 30_000, "{:?}", report.timings);
    orders.stop().await;
}

#[actix_web::test]
async fn a_token_without_a_scope_is_a_probe_of_scp_01() {
    let orders = Orders::start();
    let token = orders.token("ada", Role::Customer).await;
    let mut options = ScanOptions::new(&orders.url, token);
    options.document = Some(("openapi.json".to_owned(), orders.document().await));
    let report = scanned(options, followed(&orders.audit)).await;
    assert_eq!(findings(&report), Vec::<String>::new());
    let scope = report
        .checks
        .iter()
        .find(|one| one.check == CheckId::Scp01)
        .unwrap();
    assert_eq!(scope.outcome, CheckOutcome::Passed);
    assert!(scope.probes >= 2, "{scope:?}");
    let lacking = report
        .skipped
        .iter()
        .filter(|one| one.why.contains("lacks its scope"));
    assert_eq!(lacking.count(), usize::try_from(scope.probes).unwrap());
    orders.stop().await;
}
