use jwtrail_actix::{KeySource, Outbound};
use jwtrail_event::EventName;

use super::issuer::{Issuer, JWKS, OAUTH, OPENID, Reply};
use super::protected::{Protected, forge};

/// The issuer, whose name is its address, and a service that trusts it.
fn discovered(issuer: &Issuer) -> Protected {
    let name = issuer.url("");
    let forge = forge().with_issuer(&name);
    issuer.publishes(forge.jwks());
    Protected::start(forge, |builder| builder.issuer_discovery(&name))
}

#[actix_web::test]
async fn the_document_leads_to_the_keys_and_is_kept_for_an_hour() {
    let issuer = Issuer::start();
    issuer.describes(OPENID, &issuer.url(""));
    let service = discovered(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    service.clock.advance_seconds(3_500);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!((issuer.times(OPENID), issuer.times(JWKS)), (1, 2));
    service.clock.advance_seconds(100);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!((issuer.times(OPENID), issuer.times(JWKS)), (2, 3));
    service.finish().await;
}

#[actix_web::test]
async fn a_document_of_another_issuer_gives_no_keys() {
    let issuer = Issuer::start();
    issuer.describes(OPENID, &format!("{}/", issuer.url("")));
    let service = discovered(&issuer);
    assert_eq!(service.status(&service.good()).await, 503);
    assert!(service.count(EventName::KeysFailed).await >= 1);
    assert_eq!(issuer.times(JWKS), 0);
    service.finish().await;
}

#[actix_web::test]
async fn the_document_of_rfc_8414_is_the_second_choice() {
    let issuer = Issuer::start();
    issuer.describes(OAUTH, &issuer.url(""));
    let service = discovered(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    assert_eq!((issuer.times(OPENID), issuer.times(OAUTH)), (1, 1));
    service.finish().await;
}

#[actix_web::test]
async fn keys_that_moved_are_found_again() {
    let issuer = Issuer::start();
    issuer.describes(OPENID, &issuer.url(""));
    let service = discovered(&issuer);
    assert_eq!(service.status(&service.good()).await, 200);
    issuer.says(JWKS, Reply::Status(404));
    let moved = serde_json::json!({ "issuer": issuer.url(""), "jwks_uri": issuer.url("/v2") });
    issuer.says(OPENID, Reply::Text(moved.to_string()));
    issuer.says("/v2", Reply::Text(service.forge.jwks()));
    service.clock.advance_seconds(31);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!(issuer.times("/v2"), 0);
    service.clock.advance_seconds(31);
    assert_eq!(service.status(&service.with_kid("unknown")).await, 401);
    assert_eq!(issuer.times("/v2"), 1);
    service.finish().await;
}

/// From a document on this machine, whose own way needs no protection.
#[actix_web::test]
async fn keys_over_plain_http_from_another_machine_are_not_called() {
    let issuer = Issuer::start();
    // Not an address of this machine by its look, although it leads here.
    let elsewhere = serde_json::json!({
        "issuer": issuer.url(""),
        "jwks_uri": issuer.url(JWKS).replace("127.0.0.1", "0.0.0.0"),
    });
    issuer.publishes(forge().jwks());
    issuer.says(OPENID, Reply::Text(elsewhere.to_string()));
    let name = issuer.url("");
    let start = |source: KeySource| {
        let client = Outbound::builder().allow_private_targets().build();
        let forge = forge().with_issuer(&name);
        Protected::start_with(forge, client.ok(), |b| b.issuer_from(&name, source))
    };
    let service = start(KeySource::discovery());
    service.until(EventName::KeysFailed, 1).await;
    assert_eq!(service.status(&service.good()).await, 503);
    assert_eq!(issuer.times(JWKS), 0);
    service.finish().await;
    let service = start(KeySource::discovery().dangerous_plain_http());
    assert_eq!(service.status(&service.good()).await, 200);
    service.finish().await;
}

#[actix_web::test]
async fn keys_at_no_http_address_are_not_called() {
    let issuer = Issuer::start();
    for uri in ["file:///etc/passwd", "ftp://127.0.0.1/jwks", "/jwks"] {
        let document = serde_json::json!({ "issuer": issuer.url(""), "jwks_uri": uri });
        issuer.says(OPENID, Reply::Text(document.to_string()));
        let service = discovered(&issuer);
        service.until(EventName::KeysFailed, 1).await;
        assert_eq!(issuer.times(JWKS), 0);
        service.finish().await;
    }
}
