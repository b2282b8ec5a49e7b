//! What the issuer is asked, and how often.

use std::sync::Arc;

use jwtrail_event::{Reason, SecretToken};
use jwtrail_session::{Limits, Quota};
use serde_json::json;

use super::{OPAQUE, Visit, active, introspection};
use crate::client::{Answer, Call};
use crate::issuer_stub::IssuerStub;
use crate::server::{Setup, find};

#[actix_web::test]
async fn the_question_is_a_form_with_the_services_own_credentials() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send("opaque+token/with=signs", "one").await, 200);
    let asked = issuer.asked().remove(0);
    assert_eq!(asked.target, "/introspect");
    let form = "token=opaque%2Btoken%2Fwith%3Dsigns&token_type_hint=access_token";
    assert_eq!(asked.form, form);
    use base64::Engine as _;
    let pair = "orders%20api:client-secret%20of%2Fthe%3Atest";
    let basic = base64::engine::general_purpose::STANDARD.encode(pair);
    assert_eq!(asked.authorization, format!("Basic {basic}"));
    visit.end().await.complies(1);
}

#[actix_web::test]
async fn many_requests_with_one_token_ask_once() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    issuer.holds(true);
    let mut visit = Visit::start(introspection(&issuer));
    let token = SecretToken::new(OPAQUE.to_owned());
    let call = Call::get("/orders/7").bearer(&token);
    let mut streams = Vec::new();
    for _ in 0..50 {
        streams.push(call.start(visit.service.address).await);
    }
    issuer.was_asked(1).await;
    issuer.holds(false);
    for mut stream in streams {
        visit.answers.push(Answer::read(&mut stream).await);
    }
    assert!(visit.answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(issuer.asked().len(), 1);
    visit.tokens.push(token);
    visit.end().await.complies(50);
}

#[actix_web::test]
async fn a_client_that_goes_away_leaves_the_question_to_the_next() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    issuer.holds(true);
    let mut visit = Visit::start(introspection(&issuer));
    let token = SecretToken::new(OPAQUE.to_owned());
    let call = Call::get("/orders/7").bearer(&token);
    let gone = call.start(visit.service.address).await;
    issuer.was_asked(1).await;
    let mut waits = call.start(visit.service.address).await;
    crate::client::reset(gone);
    issuer.was_asked(2).await;
    issuer.holds(false);
    let answer = Answer::read(&mut waits).await;
    assert_eq!(answer.status(), 200);
    visit.tokens.push(token);
    let recorded = visit.end().await;
    let records = recorded.complies(2);
    let mut undecided = records
        .iter()
        .filter(|record| record.reason == Some(Reason::Undecided));
    let undecided = undecided.next().unwrap();
    assert!(undecided.token_fp.is_some());
    let steps = undecided.steps.unwrap().to_string();
    assert_eq!(steps, "parse:ok revocation:undecided");
}

#[actix_web::test]
async fn a_jwt_is_verified_by_its_signature_unless_every_token_is_asked_about() {
    for every in [false, true] {
        let issuer = IssuerStub::start();
        issuer.answers(&json!({ "active": false }));
        let introspection = match every {
            true => introspection(&issuer).every_token(),
            false => introspection(&issuer),
        };
        let mut visit = Visit::start(introspection);
        let token = visit.service.forge.token().sign();
        let status = visit.send(token.expose(), "jwt").await;
        assert_eq!(status, if every { 401 } else { 200 });
        assert_eq!(issuer.asked().len(), usize::from(every));
        let recorded = visit.end().await;
        let records = recorded.complies(1);
        let record = find(&records, "jwt");
        assert_eq!(record.token_alg.as_ref().unwrap().as_str(), "ES256");
        assert_eq!(record.claimed_sub.is_some(), every);
    }
}

#[actix_web::test]
async fn a_token_that_is_too_large_is_not_asked_about() {
    let issuer = IssuerStub::start();
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send(&"a".repeat(8193), "large").await, 401);
    assert!(issuer.asked().is_empty());
    let recorded = visit.end().await;
    let records = recorded.complies(1);
    assert_eq!(find(&records, "large").reason, Some(Reason::TokenTooLarge));
}

#[actix_web::test]
async fn a_flood_of_guesses_is_not_passed_on_to_the_issuer() {
    let issuer = IssuerStub::start();
    issuer.answers(&json!({ "active": false }));
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(3))
        .trials_per_address(Quota::per_minute(2));
    let setup = Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    };
    let mut visit = Visit::with(introspection(&issuer), &setup);
    let mut statuses = Vec::new();
    for number in 0..20 {
        let token = format!("guessed-token-{number:04}");
        statuses.push(visit.send(&token, &format!("guess-{number}")).await);
    }
    assert_eq!(statuses[..3], [401; 3]);
    assert_eq!(statuses[3..], [429; 17]);
    assert!(
        issuer.asked().len() <= 6,
        "{} questions",
        issuer.asked().len()
    );
    visit.end().await.complies(20);
}
