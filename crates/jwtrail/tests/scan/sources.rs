use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jwtrail_actix::{MonitorSink, SystemClock};
use jwtrail_demo::orders::Role;
use jwtrail_scan::sources::MonitorLog;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{Grade, LogSource, ScanOptions};

use crate::support::{Monitor, Orders, findings, scanned};

#[actix_web::test]
async fn the_trail_is_read_from_a_monitor_that_runs() {
    let home = tempfile::tempdir().unwrap();
    let monitor = Monitor::start(home.path());
    let sink = MonitorSink::new(
        &monitor.url,
        monitor.producer.clone(),
        home.path().join("spool"),
    );
    let orders = Orders::telling(sink);
    let token = orders.token("ada", Role::Customer).await;
    let reader = monitor.reader.clone();
    let log = MonitorLog::open(&monitor.url, reader, Arc::new(SystemClock)).await;
    let log: Box<dyn LogSource> = Box::new(log.unwrap());
    let mut options = ScanOptions::new(&orders.url, token);
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    let report = scanned(options, Some(log)).await;
    orders.stop().await;
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
    let source = report.log_source.unwrap();
    assert!(source.contains(&monitor.url), "{source}");
}

#[actix_web::test]
async fn the_trail_is_read_from_the_journal() {
    let orders = Orders::start();
    let token = orders.token("ada", Role::Customer).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), token.expose()).unwrap();
    let fake = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scan/fake");
    let mut command = Command::new("sh");
    command
        .args(["-c", "PATH=\"$FAKE:$PATH\" exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_jwtrail"))
        .args(["scan", &orders.url, "--operation", "GET /orders"])
        .args(["--token", "@file:token", "--format", "json"])
        .arg(format!("--logs=journald:{}", orders.audit.display()))
        .current_dir(folder.path())
        .env("FAKE", fake);
    let output = actix_web::web::block(move || command.output()).await;
    let output = output.unwrap().unwrap();
    orders.stop().await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let report = String::from_utf8(output.stdout).unwrap();
    let report = jwtrail_scan::formats::read_json(&report).unwrap();
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
}
