use std::path::Path;

use actix_web::HttpResponse;
use jwtrail_actix::{MonitorSink, Trail, TrailError};
use jwtrail_event::{EventName, SecretToken};

use crate::capture::{Seen, assert_gapless, seen};
use crate::logs::logs;
use crate::monitor_stub::{CREDENTIAL, MonitorStub, Told, within};
use crate::recorder::revoke;

#[actix_web::test]
async fn a_monitor_that_was_away_gets_everything_in_order() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let monitor = MonitorStub::start(&told);
    let address = monitor.address;
    let trail = trail(&monitor.url(), spool.path());
    revoke(&trail, "before");
    told.lines(|lines| has(lines, "before")).await;
    monitor.kill().await;

    for number in 0..2_000 {
        revoke(&trail, &format!("away-{number}"));
        if number % 500 == 0 {
            trail.flush().await;
        }
    }
    trail.flush().await;
    let monitor = MonitorStub::start_on(&told, address);
    revoke(&trail, "after");
    told.lines(|lines| has(lines, "after")).await;
    trail.stop().await;
    monitor.kill().await;

    let records = once(&told);
    assert_gapless(&records);
    let targets: Vec<_> = revoked(&records);
    let away = (0..2_000).map(|number| format!("away-{number}"));
    let expected: Vec<_> = std::iter::once("before".to_owned())
        .chain(away)
        .chain(std::iter::once("after".to_owned()))
        .collect();
    assert_eq!(targets, expected);
}

#[actix_web::test]
async fn what_a_boot_left_in_the_spool_is_delivered_by_the_next() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let monitor = MonitorStub::start(&told);
    let (address, url) = (monitor.address, monitor.url());
    monitor.kill().await;
    let first = trail(&url, spool.path());
    revoke(&first, "first boot");
    first.stop().await;
    drop(first);
    assert!(told.lines.borrow().is_empty());

    let monitor = MonitorStub::start_on(&told, address);
    let second = trail(&url, spool.path());
    revoke(&second, "second boot");
    told.lines(|lines| has(lines, "second boot")).await;
    second.stop().await;
    monitor.kill().await;
    assert_eq!(revoked(&once(&told)), ["first boot", "second boot"]);
}

#[actix_web::test]
async fn a_stop_delivers_what_is_left_and_the_final_heartbeat() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let monitor = MonitorStub::start(&told);
    let trail = trail(&monitor.url(), spool.path());
    revoke(&trail, "last words");
    trail.stop().await;
    monitor.kill().await;
    let records = once(&told);
    assert_eq!(revoked(&records), ["last words"]);
    assert!(records.last().unwrap().last);
}

#[actix_web::test]
async fn a_wrong_credential_keeps_everything_until_it_is_right() {
    logs();
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let monitor = MonitorStub::start(&told);
    let wrong = MonitorSink::new(&monitor.url(), secret("wrong-credential"), spool.path());
    let first = Trail::builder("orders-api").monitor(wrong).start().unwrap();
    revoke(&first, "kept");
    told.attempts(3).await;
    drop(first);
    assert!(told.lines.borrow().is_empty());
    // Said once, with the remedy, and without the credential.
    let said = String::from_utf8(logs().bytes()).unwrap();
    let said: Vec<_> = said
        .lines()
        .filter(|line| line.contains("refuses audit records") && line.contains(&monitor.url()))
        .collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("producer credential is not known there"));
    assert!(!said[0].contains("wrong-credential"));

    let second = trail(&monitor.url(), spool.path());
    told.lines(|lines| has(lines, "kept")).await;
    second.stop().await;
    monitor.kill().await;
}

#[actix_web::test]
async fn a_monitor_that_hangs_does_not_hold_up_a_stop() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap();
    let first = trail(&format!("http://{address}"), spool.path());
    revoke(&first, "kept");
    within(first.stop()).await;
    drop(deaf);

    let monitor = MonitorStub::start_on(&told, address);
    let second = trail(&monitor.url(), spool.path());
    told.lines(|lines| has(lines, "kept")).await;
    second.stop().await;
    monitor.kill().await;
}

#[actix_web::test]
async fn lines_that_the_monitor_rejects_are_counted() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    told.answer_with(|| {
        let answer = r#"{"accepted":0,"duplicates":0,"rejected":[{"line":1,"problem":"no"}]}"#;
        HttpResponse::Ok().body(answer)
    });
    let monitor = MonitorStub::start(&told);
    let trail = trail(&monitor.url(), spool.path());
    revoke(&trail, "a");
    told.lines(|lines| has(lines, "audit.dropped")).await;
    trail.stop().await;
    monitor.kill().await;
    let records = seen(&told.lines.borrow());
    let dropped = records
        .iter()
        .find(|r| r.event == EventName::AuditDropped)
        .unwrap();
    assert!(dropped.dropped >= 1);
    assert!(
        dropped
            .line
            .contains("\"sink\":\"monitor:http://127.0.0.1:")
    );
}

#[actix_web::test]
async fn batches_that_are_too_large_come_in_smaller_ones() {
    let (told, spool) = (Told::default(), tempfile::tempdir().unwrap());
    let monitor = MonitorStub::start(&told);
    told.answer_with(|| HttpResponse::PayloadTooLarge().finish());
    let trail = trail(&monitor.url(), spool.path());
    for number in 0..500 {
        revoke(&trail, &number.to_string());
    }
    told.attempts(3).await;
    told.answer_with(crate::monitor_stub::accepted);
    revoke(&trail, "end");
    told.lines(|lines| has(lines, "\"end\"")).await;
    trail.stop().await;
    monitor.kill().await;
}

#[test]
fn an_address_that_is_no_url_and_a_credential_that_no_header_carries_are_refused() {
    let spool = tempfile::tempdir().unwrap();
    let start = |url: &str, credential: &str| {
        let sink = MonitorSink::new(url, secret(credential), spool.path());
        Trail::builder("orders-api")
            .monitor(sink)
            .start()
            .unwrap_err()
    };
    assert!(matches!(
        start("monitor:8080", "c"),
        TrailError::MonitorUrl { .. }
    ));
    let nowhere = start("ftp://me:hunter2@monitor/x?hunter2", "c");
    assert_eq!(
        nowhere.to_string(),
        "the monitor's address `ftp://monitor/x` is not an http or https URL"
    );
    assert!(!format!("{nowhere:?}").contains("hunter2"));
    let sink = MonitorSink::new("https://me:hunter2@monitor", secret("c"), spool.path());
    assert!(!format!("{sink:?}").contains("hunter2"));
    let error = start("http://127.0.0.1:1", "two\nlines");
    assert!(matches!(error, TrailError::MonitorCredential));
    assert!(!error.to_string().contains("lines\n"));
}

fn trail(url: &str, spool: &Path) -> Trail {
    let monitor = MonitorSink::new(url, secret(CREDENTIAL), spool);
    Trail::builder("orders-api")
        .monitor(monitor)
        .start()
        .unwrap()
}

fn secret(text: &str) -> SecretToken {
    SecretToken::new(text.to_owned())
}

fn has(lines: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(lines).contains(text)
}

/// What arrived, without what came again.
fn once(told: &Told) -> Vec<Seen> {
    let mut known = std::collections::HashSet::new();
    let mut records = seen(&told.lines.borrow());
    records.retain(|record| known.insert(record.line.clone()));
    records
}

fn revoked(records: &[Seen]) -> Vec<String> {
    records
        .iter()
        .filter_map(|record| record.target.clone())
        .collect()
}
