//! What tutorials and peers get wrong about key sets, one test for each.

use std::sync::Arc;

use jwtrail_event::EventName;
use jwtrail_forge::{Algorithm, Forge};
use tokio::sync::Notify;

use super::issuer::{Issuer, JWKS, Reply, set_of};
use super::protected::{Protected, forge};
use crate::monitor_stub::within;

fn service_of(issuer: &Issuer) -> Protected {
    service_with(issuer, forge())
}

fn service_with(issuer: &Issuer, forge: Forge) -> Protected {
    issuer.publishes(forge.jwks());
    let name = forge.issuer().to_owned();
    Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    })
}

#[actix_web::test]
async fn an_unknown_kid_fetching_without_cooldown() {
    let issuer = Issuer::start();
    let service = service_of(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    // The start fetched: these cause nothing.
    assert_eq!(service.send_unknown(0, 100).await, [401; 100]);
    assert_eq!(issuer.times(JWKS), 1);
    // A cooldown later they cause one, all together.
    service.clock.advance_seconds(30);
    assert_eq!(service.send_unknown(1_000, 1_000).await, [401; 1_000]);
    assert_eq!(issuer.times(JWKS), 2);
    service.clock.advance_seconds(29);
    assert_eq!(service.send_unknown(2_000, 100).await, [401; 100]);
    assert_eq!(issuer.times(JWKS), 2);
    assert_eq!(service.count(EventName::KeysRefreshed).await, 2);
    service.finish().await;
}

#[actix_web::test]
async fn the_mutex_held_across_a_jwks_fetch() {
    let issuer = Issuer::start();
    let service = service_of(&issuer);
    let good = service.good();
    assert_eq!(service.status(&good).await, 200);
    let release = Arc::new(Notify::new());
    let jwks = service.forge.jwks();
    issuer.says(JWKS, Reply::Held(Arc::clone(&release), jwks));
    service.clock.advance_seconds(31);
    let unknown = service.with_kid("unknown");
    let waiting = service.status(&unknown);
    let others = async {
        issuer.until(JWKS, 2).await;
        // The fetch runs, and who has a known key does not wait: not the token that is kept,
        // and not one that is verified for the first time.
        for token in [&good, &service.good()] {
            assert_eq!(service.status(token).await, 200);
        }
        assert_eq!(service.count(EventName::TokenRejected).await, 0);
        release.notify_one();
    };
    assert_eq!(within(async { tokio::join!(waiting, others) }).await.0, 401);
    service.finish().await;
}

#[actix_web::test]
async fn kid_sent_to_the_issuer_as_a_query_parameter() {
    let issuer = Issuer::start();
    let service = service_of(&issuer);
    service.until(EventName::KeysRefreshed, 1).await;
    for kid in ["the-kid-itself?x=1", "../the-kid-itself", "the-kid-itself"] {
        service.clock.advance_seconds(31);
        assert_eq!(service.status(&service.with_kid(kid)).await, 401);
    }
    let asked = issuer.asked();
    assert_eq!(asked.len(), 4);
    for request in asked {
        assert_eq!(request.target, JWKS);
        assert!(!request.headers.contains("the-kid-itself"));
    }
    service.finish().await;
}

/// Nor does a token's own word for where its key is.
#[actix_web::test]
async fn jku_and_x5u_are_never_called() {
    let issuer = Issuer::start();
    let url = issuer.url("/theirs");
    let service = service_with(&issuer, forge().with_key_url(&url));
    service.until(EventName::KeysRefreshed, 1).await;
    service.clock.advance_seconds(31);
    for id in ["KEY-02/jku", "KEY-02/x5u", "KEY-03/url"] {
        let case = jwtrail_forge::find(id).unwrap();
        let forge = service.forge.at(service.now());
        let sent = forge.present(case);
        assert_eq!(service.status(&sent.tokens()[0]).await, 401, "{id}");
    }
    assert_eq!(issuer.times("/theirs"), 0);
    service.finish().await;
}

#[actix_web::test]
async fn a_failed_refetch_poisoning_good_keys() {
    let issuer = Issuer::start();
    let service = service_of(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    let key = service.forge.public_jwk(Algorithm::Rs256).unwrap();
    // Each good by itself, and told from the others.
    let named = |number| key.replace("forge-rs256", &format!("forge-rs256-{number}"));
    let many: Vec<_> = (0..101).map(named).collect();
    assert!(many[7].contains("forge-rs256-7"));
    let many = many.join(",");
    let secret = r#"{"kty":"oct","alg":"HS256","kid":"s","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#;
    let replies = [
        ("HTTP 500", Reply::Status(500)),
        ("HTTP 204", Reply::Status(204)),
        (
            "not JSON",
            Reply::Text("<html>maintenance</html>".to_owned()),
        ),
        ("no list", Reply::Text("{}".to_owned())),
        (
            "garbage keys",
            Reply::Text(r#"{"keys":[1,{"kty":"RSA","n":"!"}]}"#.to_owned()),
        ),
        ("no keys", Reply::Text(r#"{"keys":[]}"#.to_owned())),
        (
            "a secret only",
            Reply::Text(format!("{{\"keys\":[{secret}]}}")),
        ),
        ("101 keys", Reply::Text(format!("{{\"keys\":[{many}]}}"))),
        (
            "oversized",
            Reply::Text(format!(
                "{{\"keys\":[{key}],\"x\":\"{}\"}}",
                "x".repeat(512 * 1024)
            )),
        ),
        (
            "another host",
            Reply::Redirect("http://127.0.0.2:1/jwks".to_owned()),
        ),
        (
            "another port",
            Reply::Redirect("http://127.0.0.1:1/jwks".to_owned()),
        ),
        (
            "another scheme",
            Reply::Redirect(issuer.url(JWKS).replace("http:", "https:")),
        ),
        ("a circle", Reply::Redirect(JWKS.to_owned())),
    ];
    let mut failed = 0;
    for (what, reply) in replies {
        issuer.says(JWKS, reply);
        service.clock.advance_seconds(31);
        assert_eq!(
            service.status(&service.with_kid("unknown")).await,
            401,
            "{what}"
        );
        failed += 1;
        assert_eq!(service.count(EventName::KeysFailed).await, failed, "{what}");
        assert_eq!(service.status(&service.good()).await, 200, "{what}");
    }
    assert_eq!(service.count(EventName::KeysRefreshed).await, 1);
    service.finish().await;
}

#[actix_web::test]
async fn a_bad_key_among_good_ones_is_passed_over() {
    let issuer = Issuer::start();
    let forge = forge();
    let key = forge.public_jwk(Algorithm::Rs256).unwrap();
    let keys = [
        r#"{"kty":"PQC","kid":"new"}"#,
        r#"{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"}"#,
        r#"{"kty":"oct","kid":"secret","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#,
        r#"{"kty":"EC","use":"enc","kid":"for-encryption"}"#,
        key,
    ];
    let set = format!("{{\"keys\":[{}]}}", keys.join(","));
    let name = forge.issuer().to_owned();
    issuer.publishes(set);
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    let token = service.forge.token().algorithm(Algorithm::Rs256).sign();
    assert_eq!(service.status(&token).await, 200);
    service.finish().await;
}

#[actix_web::test]
async fn a_slow_issuer_costs_who_waits_three_seconds_and_others_nothing() {
    let issuer = Issuer::start();
    let service = service_of(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    issuer.says(JWKS, Reply::Never);
    service.clock.advance_seconds(31);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    // Who waits gives up when the fetch does: which is told first is open.
    service.until(EventName::KeysFailed, 1).await;
    assert_eq!(service.count(EventName::KeysFailed).await, 1);
    // During the cooldown nobody waits, and the issuer is left alone.
    assert_eq!(service.send_unknown(0, 10).await, [401; 10]);
    assert_eq!(service.status(&service.good()).await, 200);
    assert_eq!(issuer.times(JWKS), 2);
    service.finish().await;
}

/// Although there are good keys there.
#[actix_web::test]
async fn a_redirect_to_another_server_is_not_followed() {
    let (issuer, other) = (Issuer::start(), Issuer::start());
    let forge = forge();
    other.publishes(forge.jwks());
    issuer.says(JWKS, Reply::Redirect(other.url(JWKS)));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    service.until(EventName::KeysFailed, 1).await;
    assert_eq!(service.status(&service.good()).await, 503);
    assert!(other.asked().is_empty());
    service.finish().await;
}

#[actix_web::test]
async fn redirects_on_the_same_server_are_followed_three_times() {
    let issuer = Issuer::start();
    let forge = forge();
    issuer.says(JWKS, Reply::Redirect("/1".to_owned()));
    issuer.says("/1", Reply::Redirect(issuer.url("/2")));
    issuer.says("/2", Reply::Redirect("3".to_owned()));
    issuer.says("/3", Reply::Text(set_of(&forge, &[Algorithm::Rs256])));
    let name = forge.issuer().to_owned();
    let service = Protected::start(forge, |builder| {
        builder.issuer_jwks_url(&name, &issuer.url(JWKS))
    });
    let token = service.forge.token().algorithm(Algorithm::Rs256).sign();
    assert_eq!(service.status(&token).await, 200);
    issuer.says("/3", Reply::Redirect("/4".to_owned()));
    service.clock.advance_seconds(31);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!(service.count(EventName::KeysFailed).await, 1);
    assert_eq!(issuer.times("/4"), 0);
    service.finish().await;
}
