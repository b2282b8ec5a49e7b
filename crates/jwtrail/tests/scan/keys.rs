//! Services that fetch their key set from the scanner.

use std::net::SocketAddr;

use base64::Engine as _;
use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::{Algorithm, Forge, PublicKey, SigningKey};
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{CheckId, CheckResult, Grade, ScanError, ScanOptions, ScanReport, scan};

use crate::support::{Bare, Door, Eager, Fetching, findings, followed, free_address, scanned};

/// A key that no service and no token knew before the scan.
const KEY: &[u8] = include_bytes!("../../../jwtrail-forge/keys/client-es256.pk8");

#[actix_web::test]
async fn a_service_that_fetches_its_keys_once_in_a_while_passes() {
    let (forge, address) = (Forge::new(SystemClock.now()), free_address());
    let service = Fetching::start(&forge, &format!("http://{address}/jwks.json"));
    let report = scanned(
        options(&service.url, &forge, address),
        followed(&service.audit),
    )
    .await;
    service.stop().await;
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!((report.enforcement, report.evidence), (Grade::A, Grade::A));
    let result = key_04(&report);
    assert_eq!(result.not_verified, Vec::<String>::new());
    assert!(result.probes > 10, "{result:?}");
}

#[actix_web::test]
async fn a_service_that_fetches_its_keys_for_each_token_is_found() {
    let (forge, address) = (Forge::new(SystemClock.now()), free_address());
    let service = Eager::start(&forge, &format!("http://{address}/jwks.json"));
    let report = scanned(options(&service.url, &forge, address), None).await;
    service.stop().await;
    let found = findings(&report);
    let found: Vec<&String> = found.iter().filter(|one| one.contains("KEY-04")).collect();
    assert_eq!(
        found,
        [
            "KEY-04/fetches medium enforcement GET /orders: 11 tokens of unknown keys made the service fetch its key set 11 times"
        ]
    );
}

#[actix_web::test]
async fn the_fetches_are_counted_without_a_key_to_sign_with() {
    let (forge, address) = (Forge::new(SystemClock.now()), free_address());
    let service = Fetching::start(&forge, &format!("http://{address}/jwks.json"));
    let options = without_key(options(&service.url, &forge, address), &forge);
    let report = scanned(options, followed(&service.audit)).await;
    service.stop().await;
    assert_eq!(findings(&report), Vec::<String>::new());
    let result = key_04(&report);
    assert_eq!(result.outcome, jwtrail_scan::CheckOutcome::Passed);
    assert_eq!(result.probes, 10);
    assert!(result.not_verified[0].contains("--sign-key"), "{result:?}");
    assert_eq!(result.not_verified.len(), 1);
}

#[actix_web::test]
async fn a_service_with_keys_of_its_own_shows_no_fetches() {
    let (forge, address) = (Forge::new(SystemClock.now()), free_address());
    let service = Bare::start(Door::verified(&forge));
    let options = without_key(options(&service.url, &forge, address), &forge);
    let report = scanned(options, None).await;
    service.stop().await;
    let why = key_04(&report).not_verified.join("; ");
    let wanted = format!("let the service fetch it from http://{address}/jwks.json");
    assert!(why.contains(&wanted), "{why}");
}

#[actix_web::test]
async fn a_service_that_never_comes_for_the_keys_is_told_where_they_are() {
    let (forge, address) = (Forge::new(SystemClock.now()), free_address());
    let service = Bare::start(Door::verified(&forge));
    let mut options = options(&service.url, &forge, address);
    options.serve_patience = std::time::Duration::ZERO;
    let scanned = scan(options, None, &SystemClock, &|_| {}).await;
    service.stop().await;
    let Err(ScanError::NotProven { unfetched, .. }) = scanned else {
        unreachable!("its token is signed by a key that the service does not know: {scanned:?}");
    };
    assert_eq!(unfetched, Some(format!("http://{address}/jwks.json")));
}

fn options(url: &str, forge: &Forge, address: SocketAddr) -> ScanOptions {
    let mut options = ScanOptions::new(url, forge.token().sign());
    options.operations = vec![Operation::parse("GET /orders").unwrap()];
    let body = base64::engine::general_purpose::STANDARD.encode(KEY);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    options.sign_key = Some(SigningKey::read(pem.as_bytes(), "ES256").unwrap());
    options.serve_jwks = Some(address);
    options.rate = 200;
    options
}

/// The issuer's own public key is served, so that the token that was given is good.
fn without_key(mut options: ScanOptions, forge: &Forge) -> ScanOptions {
    options.sign_key = None;
    let pem = forge.public_pem(Algorithm::Es256).unwrap();
    options.public_key = PublicKey::from_pem(pem);
    options
}

fn key_04(report: &ScanReport) -> &CheckResult {
    let mut results = report.checks.iter();
    results.find(|one| one.check == CheckId::Key04).unwrap()
}
