use jwtrail_actix::KeySource;
use jwtrail_event::{CacheUse, EventName, Reason};
use jwtrail_forge::Algorithm;
use jwtrail_verify::{Algorithm as Verified, KeySet};
use std::time::Duration;

use super::issuer::{Issuer, JWKS, OPENID, Reply, set_of};
use super::protected::{Protected, decisions, forge, records};

#[actix_web::test]
async fn keys_are_fetched_at_the_start_and_the_fetch_is_on_record() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(forge.jwks());
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    // Nobody has to come for it.
    service.until(EventName::KeysRefreshed, 1).await;
    assert_eq!(service.status(&service.good()).await, 200);
    assert_eq!(issuer.times(JWKS), 1);
    let events = service.finish().await;
    let refreshed = records(&events).find(|r| r.event == EventName::KeysRefreshed);
    assert_eq!(refreshed.unwrap().issuer.unwrap().as_str(), name);
}

#[actix_web::test]
async fn requests_that_come_before_the_first_keys_wait_for_them() {
    let issuer = Issuer::start();
    let forge = forge();
    let release = std::sync::Arc::new(tokio::sync::Notify::new());
    issuer.says(JWKS, Reply::Held(release.clone(), forge.jwks()));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    let token = service.good();
    let sent = service.status(&token);
    let released = async {
        issuer.until(JWKS, 1).await;
        release.notify_one();
    };
    assert_eq!(tokio::join!(sent, released).0, 200);
    assert_eq!(issuer.times(JWKS), 1);
    service.finish().await;
}

/// To a key of another kind, too: the token lacks its key, and not its algorithm.
#[actix_web::test]
async fn a_key_rotated_or_removed_is_in_force_at_the_next_request() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(set_of(&forge, &[Algorithm::Rs256]));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    let old = service.forge.token().algorithm(Algorithm::Rs256).sign();
    assert_eq!(service.status(&old).await, 200);
    assert_eq!(service.status(&old).await, 200);

    issuer.publishes(set_of(&service.forge, &[Algorithm::Es256]));
    service.clock.advance_seconds(31);
    let forge = service.forge.at(service.now());
    let new = forge.token().algorithm(Algorithm::Es256).sign();
    assert_eq!(service.status(&new).await, 200);
    // It was kept as verified, and its key is gone.
    assert_eq!(service.status(&old).await, 401);
    assert_eq!(issuer.times(JWKS), 2);

    let events = service.finish().await;
    assert_eq!(
        decisions(&events),
        [
            (None, CacheUse::Miss),
            (None, CacheUse::Hit),
            (None, CacheUse::Miss),
            (Some(Reason::UnknownKey), CacheUse::Miss),
        ]
    );
}

#[actix_web::test]
async fn a_set_that_is_unchanged_keeps_the_verified_tokens() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(set_of(&forge, &[Algorithm::Rs256, Algorithm::Es256]));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    let token = service.good();
    assert_eq!(service.status(&token).await, 200);
    issuer.publishes(set_of(
        &service.forge,
        &[Algorithm::Es256, Algorithm::Rs256],
    ));
    service.clock.advance_seconds(31);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!(issuer.times(JWKS), 2);
    assert_eq!(service.status(&token).await, 200);
    let events = service.finish().await;
    assert_eq!(decisions(&events)[2], (None, CacheUse::Hit));
}

#[actix_web::test]
async fn keys_are_fetched_again_without_anybodys_asking() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(set_of(&forge, &[Algorithm::Rs256]));
    let name = forge.issuer().to_owned();
    let source = KeySource::jwks_url(&issuer.url(JWKS)).refresh_every(Duration::from_secs(1));
    let service = Protected::start(forge, |builder| builder.issuer_from(&name, source));
    let old = service.forge.token().algorithm(Algorithm::Rs256).sign();
    assert_eq!(service.status(&old).await, 200);
    issuer.publishes(set_of(&service.forge, &[Algorithm::Es256]));
    issuer.until(JWKS, 3).await;
    assert_eq!(service.status(&old).await, 401);
    service.finish().await;
}

#[actix_web::test]
async fn issuers_of_every_kind_side_by_side() {
    let by_url = Issuer::start();
    let discovered = Issuer::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let forge = forge();
    std::fs::write(&path, forge.jwks()).unwrap();
    by_url.publishes(forge.jwks());
    discovered.publishes(forge.jwks());
    let address = discovered.url("");
    discovered.describes(OPENID, &address);
    let fixed = KeySet::from_jwks(forge.jwks()).unwrap();
    let service = Protected::start(forge, |builder| {
        builder
            .issuer("https://fixed.example", fixed)
            .issuer_jwks_url("https://url.example", &by_url.url(JWKS))
            .issuer_discovery(&address)
            .issuer_jwks_file("https://file.example", &path)
    });
    for issuer in [
        "https://fixed.example",
        "https://url.example",
        &address,
        "https://file.example",
    ] {
        let token = service.forge.token().issuer(issuer).sign();
        assert_eq!(service.status(&token).await, 200, "{issuer}");
    }
    let stranger = service.forge.token().issuer("https://evil.example").sign();
    assert_eq!(service.status(&stranger).await, 401);
    service.finish().await;
}

#[actix_web::test]
async fn a_narrowed_issuer_signs_with_nothing_else_and_causes_no_fetch() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.publishes(forge.jwks());
    let name = forge.issuer().to_owned();
    let source = KeySource::jwks_url(&issuer.url(JWKS)).algorithms(&[Verified::Es256]);
    let service = Protected::start(forge, |builder| builder.issuer_from(&name, source));
    let token = service.forge.token().algorithm(Algorithm::Es256).sign();
    assert_eq!(service.status(&token).await, 200);
    service.clock.advance_seconds(31);
    let token = service.forge.token().algorithm(Algorithm::Rs256).sign();
    assert_eq!(service.status(&token).await, 401);
    assert_eq!(issuer.times(JWKS), 1);
    service.finish().await;
}
