use std::net::SocketAddr;
use std::time::Duration;

use jwtrail_demo::orders::Role;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, CheckOutcome, ScanOptions};

use crate::support::{Orders, followed, free_address, scanned};

#[actix_web::test]
async fn an_alert_that_came_is_seen() {
    let address = free_address();
    // Somebody's monitor: it has seen the attack as soon as there is somebody to tell.
    let monitor = tokio::spawn(async move {
        let client = reqwest::Client::new();
        while client
            .post(format!("http://{address}/alerts"))
            .body("{}")
            .send()
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
    });
    let patience = Duration::from_secs(60);
    assert_eq!(outcome(address, patience).await, CheckOutcome::Passed);
    monitor.await.unwrap();
}

#[actix_web::test]
async fn an_alert_that_did_not_come_is_missed() {
    let outcome = outcome(free_address(), Duration::from_secs(1)).await;
    let CheckOutcome::Failed { findings, .. } = outcome else {
        unreachable!("nobody alerts");
    };
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].summary,
        "no alert came within 1 seconds of the last request"
    );
}

async fn outcome(address: SocketAddr, patience: Duration) -> CheckOutcome {
    let orders = Orders::start();
    let mut options = ScanOptions::new(&orders.url, orders.token("ada", Role::Guest).await);
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.alert_listen = Some(address);
    options.settle = patience;
    let report = scanned(options, followed(&orders.audit)).await;
    orders.stop().await;
    let alerts = report.checks.iter().find(|one| one.check == CheckId::Alr01);
    alerts.unwrap().outcome.clone()
}
