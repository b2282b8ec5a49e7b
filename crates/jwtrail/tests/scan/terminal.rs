use std::process::{Command, Stdio};

use jwtrail_demo::orders::Role;

use crate::support::Orders;

#[actix_web::test]
async fn a_terminal_shows_how_far_a_scan_has_come() {
    let orders = Orders::start();
    let token = orders.token("ada", Role::Customer).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), token.expose()).unwrap();
    let line = format!(
        "{} scan {} --operation 'GET /orders' --token @file:token --logs {}",
        env!("CARGO_BIN_EXE_jwtrail"),
        orders.url,
        orders.audit.display()
    );
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(folder.path())
        .stdin(Stdio::null());
    let output = actix_web::web::block(move || command.output()).await;
    let output = output.unwrap().unwrap();
    orders.stop().await;
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    // The first thing on the screen is the first step, and none of them is left on it.
    assert!(
        shown.starts_with("\r\u{1b}[2K1 operation, 0 skipped"),
        "{shown}"
    );
    assert!(shown.contains("\r\u{1b}[2Ksignatures"), "{shown}");
    let (_, report) = shown.rsplit_once("\r\u{1b}[2K").unwrap();
    assert!(report.contains("100 of 100"), "{shown}");
    assert!(!shown.contains(token.expose()), "{shown}");
}
