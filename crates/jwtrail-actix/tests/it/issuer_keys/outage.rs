use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::KeySource;
use jwtrail_event::{EventName, Reason};

use super::issuer::{Issuer, JWKS, Reply};
use super::protected::{Protected, forge, records};

#[actix_web::test]
async fn while_the_issuer_is_down_known_keys_serve_for_a_bounded_time() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(forge.jwks());
    let name = forge.issuer().to_owned();
    let hour = Duration::from_secs(3_600);
    let source = KeySource::jwks_url(&issuer.url(JWKS)).stale_for(hour);
    let service = Protected::start(forge, |builder| builder.issuer_from(&name, source));
    assert_eq!(service.status(&service.good()).await, 200);
    issuer.says(JWKS, Reply::Status(503));
    service.clock.advance_seconds(3_599);
    let kept = service.good();
    assert_eq!(service.status(&kept).await, 200);
    service.clock.advance_seconds(1);
    // The token that was kept as verified, too: nobody vouches for its key any more.
    for token in [kept, service.good()] {
        let answer = service.send(&token).await;
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.body(), r#"{"error":"temporarily_unavailable"}"#);
    }
    assert_eq!(service.count(EventName::KeysFailed).await, 1);
    issuer.publishes(service.forge.jwks());
    service.clock.advance_seconds(30);
    assert_eq!(service.status(&service.good()).await, 200);
    service.finish().await;
}

#[actix_web::test]
async fn without_any_keys_every_token_is_refused_and_a_failed_fetch_is_recorded_once() {
    let issuer = Issuer::start();
    issuer.says(JWKS, Reply::Status(503));
    let forge = forge();
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    for _ in 0..50 {
        assert_eq!(service.status(&service.good()).await, 503);
    }
    // Only the fetches of the background, which come ever later.
    assert!(issuer.times(JWKS) < 10);
    // It comes up: the next try is soon, and needs nobody.
    issuer.publishes(service.forge.jwks());
    service.until(EventName::KeysRefreshed, 1).await;
    assert_eq!(service.status(&service.good()).await, 200);
    assert_eq!(
        service.count(EventName::KeysFailed).await,
        issuer.times(JWKS) - 1
    );
    let events = service.finish().await;
    for record in records(&events).filter(|r| r.event == EventName::KeysFailed) {
        assert_eq!(record.reason, Some(Reason::KeyUnavailable));
        assert_eq!(record.issuer.unwrap().as_str(), name);
    }
    let refused: Vec<_> = records(&events)
        .filter(|record| record.event == EventName::TokenRejected)
        .collect();
    assert_eq!(refused.len(), 50);
    for record in refused {
        assert_eq!(record.reason, Some(Reason::KeyUnavailable));
    }
}

#[actix_web::test]
async fn a_private_address_is_reached_only_by_configuration() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(forge.jwks());
    let name = forge.issuer().to_owned();
    let service = Protected::start_with(forge, None, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    service.until(EventName::KeysFailed, 1).await;
    assert_eq!(service.status(&service.good()).await, 503);
    assert!(issuer.asked().is_empty());
    service.finish().await;
}

#[actix_web::test]
async fn one_issuer_that_hangs_does_not_keep_the_others_waiting() {
    let (hangs, well) = (Issuer::start(), Issuer::start());
    let forge = forge();
    hangs.says(JWKS, Reply::Never);
    let release = Arc::new(tokio::sync::Notify::new());
    well.says(JWKS, Reply::Held(Arc::clone(&release), forge.jwks()));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder
            .issuer_jwks_url("https://hangs.example", &hangs.url(JWKS))
            .issuer_jwks_url(&name, &well.url(JWKS))
    });
    hangs.until(JWKS, 1).await;
    release.notify_one();
    assert_eq!(service.status(&service.good()).await, 200);
    assert_eq!(service.count(EventName::KeysFailed).await, 0);
    service.finish().await;
}

/// The fetch belongs to nobody: a worker that ends takes none with it.
#[test]
fn a_protection_that_is_built_outside_of_any_runtime_fetches_too() {
    let system = actix_web::rt::System::new();
    let issuer = system.block_on(async { Issuer::start() });
    let forge = forge();
    issuer.publishes(forge.jwks());
    let trail_folder = tempfile::tempdir().unwrap();
    let trail = jwtrail_actix::Trail::builder("orders-api")
        .file(trail_folder.path().join("audit.ndjson"))
        .start()
        .unwrap();
    let auth = jwtrail_actix::JwtAuth::builder()
        .issuer_jwks_url(forge.issuer(), &issuer.url(JWKS))
        .audience(forge.audience())
        .audit(&trail)
        .key_client(super::protected::client())
        .build()
        .unwrap();
    system.block_on(issuer.until(JWKS, 1));
    drop(auth);
    system.block_on(async {
        trail.stop().await;
        issuer.stop().await;
    });
}
