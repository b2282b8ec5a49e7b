//! Flaws that tutorials and other services have, each by its name.

use jwtrail_event::{EventName, Outcome, Reason, SecretToken, Trust};
use jwtrail_session::{Limits, Quota};

use crate::client::Call;
use crate::limits::{Visit, with};
use crate::logs::logs;
use crate::server::{NOW, Service, Setup, find};

#[actix_web::test]
async fn a_token_of_any_length_is_never_cut_into_a_log_line() {
    let service = Service::start(&Setup::default());
    let mut sent = Vec::new();
    for length in 1..16 {
        let token = SecretToken::new("e".repeat(length));
        let call = Call::get("/orders/7").bearer(&token);
        assert_eq!(call.send(service.address).await.status(), 401);
        sent.push(token);
    }
    // The first characters of every token are the same, and tell nothing.
    let good = service.forge.token().sign();
    let call = Call::get("/orders/7").bearer(&good).id("good");
    assert_eq!(call.send(service.address).await.status(), 200);
    let start: String = good.expose().chars().take(12).collect();
    let recorded = service.finish().await.sent(&[good]);
    let records = recorded.complies(16);
    let fingerprint = find(&records, "good").token_fp.as_ref().unwrap();
    assert!(!fingerprint.as_str().contains(&start));
    for written in [recorded.events.clone(), logs().bytes()] {
        assert!(!String::from_utf8_lossy(&written).contains(&start));
    }
}

#[actix_web::test]
async fn nbf_in_the_future_is_a_refusal_and_no_500() {
    let service = Service::start(&Setup::default());
    for (id, nbf) in [("soon", NOW + 3600), ("far", i64::MAX), ("past", i64::MIN)] {
        let token = service.forge.token().claim("nbf", nbf).sign();
        let call = Call::get("/orders/7").bearer(&token).id(id);
        assert_eq!(call.send(service.address).await.status(), 401, "{id}");
    }
    let recorded = service.finish().await;
    let records = recorded.complies(3);
    assert_eq!(find(&records, "soon").reason, Some(Reason::NotYetValid));
    for id in ["far", "past"] {
        assert_eq!(find(&records, id).reason, Some(Reason::BadClaimType));
    }
}

#[actix_web::test]
async fn what_passes_and_what_brings_no_token_is_recorded_like_what_fails() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = |id| Call::get("/orders/7").id(id);
    assert_eq!(
        call("good")
            .bearer(&token)
            .send(service.address)
            .await
            .status(),
        200
    );
    assert_eq!(call("none").send(service.address).await.status(), 401);
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let said = |id: &str| (find(&records, id).event, find(&records, id).outcome);
    assert_eq!(said("good"), (EventName::TokenAccepted, Outcome::Success));
    assert_eq!(said("none"), (EventName::TokenMissing, Outcome::Failure));
}

/// A stranger who names somebody uses up nothing of theirs, and is no label.
#[actix_web::test]
async fn claims_of_unverified_tokens_are_no_limit_keys_and_no_labels() {
    let service = Service::start(&with(
        Limits::builder().per_subject(Quota::per_minute(60).burst(2)),
    ));
    let mut visit = Visit::default();
    for number in 0..10 {
        let forged = service.forge.token().subject("alice").signed_by_stranger();
        let id = format!("forged-{number}");
        assert_eq!(visit.send(&service, &forged.sign(), &id).await, 401);
    }
    let alice = service.forge.token().subject("alice").sign();
    assert_eq!(visit.send(&service, &alice, "1").await, 200);
    assert_eq!(visit.send(&service, &alice, "2").await, 200);
    assert_eq!(visit.send(&service, &alice, "3").await, 429);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(13);
    let forged = find(&records, "forged-0");
    assert_eq!(forged.trust, Trust::None);
    assert!(forged.token_sub.is_none() && forged.scope_class.is_none());
    assert_eq!(forged.claimed_sub.as_ref().unwrap().as_str(), "alice");
}

/// Neither the address nor the subject that a limit counts by is in a log line or an answer.
#[actix_web::test]
async fn a_limit_key_is_neither_logged_nor_told() {
    let service = Service::start(&with(
        Limits::builder().per_subject(Quota::per_minute(60).burst(1)),
    ));
    let mut visit = Visit::default();
    let token = service.forge.token().subject("limited-subject-1f0c").sign();
    assert_eq!(visit.send(&service, &token, "1").await, 200);
    assert_eq!(visit.send(&service, &token, "2").await, 429);
    let told = String::from_utf8_lossy(&visit.answers[1].raw).into_owned();
    let logged = String::from_utf8(logs().bytes()).unwrap();
    service.finish().await.sent(&visit.tokens).complies(2);
    for written in [told, logged] {
        assert!(!written.contains("limited-subject-1f0c"));
    }
}

/// A hit in the cache spares the signature, and nothing else.
#[actix_web::test]
async fn a_known_token_is_still_asked_for_revocation_limit_and_scope() {
    let service = Service::start(&with(
        Limits::builder().per_subject(Quota::per_minute(60).burst(3)),
    ));
    let mut visit = Visit::default();
    let token = service.forge.token().scope("other").sign();
    assert_eq!(visit.send(&service, &token, "miss").await, 200);
    let scoped = Call::get("/alone/7");
    assert_eq!(visit.call(&service, scoped, &token, "scope").await, 403);
    assert_eq!(visit.send(&service, &token, "hit").await, 200);
    assert_eq!(visit.send(&service, &token, "limit").await, 429);
    let verified = service
        .auth
        .verifier()
        .verify(token.expose(), service.forge.now());
    let verified = verified.unwrap().token;
    let id = jwtrail_session::TokenId::Jti(verified.jti().unwrap());
    let revoked = service
        .sessions
        .revoke_token(verified.iss(), id, service.forge.now());
    revoked.await.unwrap();
    assert_eq!(visit.send(&service, &token, "revoked").await, 401);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(5);
    for (id, reason) in [
        ("scope", Some(Reason::InsufficientScope)),
        ("hit", None),
        ("limit", Some(Reason::RateLimited)),
        ("revoked", Some(Reason::Revoked)),
    ] {
        let record = find(&records, id);
        assert_eq!(record.reason, reason, "{id}");
        assert_eq!(record.cache, Some(jwtrail_event::CacheUse::Hit), "{id}");
    }
}
