use std::net::SocketAddr;

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
    assert_eq!(outcome_with(address).await, CheckOutcome::Passed);
    monitor.await.unwrap();
}

#[actix_web::test]
async fn an_alert_that_did_not_come_is_missed() {
    let CheckOutcome::Failed { findings, .. } = outcome_with(free_address()).await else {
        unreachable!("nobody alerts");
    };
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].summary,
        "no alert came within 1 seconds of the last request"
    );
}

async fn outcome_with(address: SocketAddr) -> CheckOutcome {
    let orders = Orders::start();
    let mut options = ScanOptions::new(&orders.url, orders.token("ada", Role::Guest).await);
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    options.alert_listen = Some(address);
    options.settle = std::time::Duration::from_secs(1);
    let report = scanned(options, followed(&orders.audit)).await;
    orders.stop().await;
    let alerts = report.checks.iter().find(|one| one.check == CheckId::Alr01);
    alerts.unwrap().outcome.clone()
}
