//! What a client is told, a test for each sentence of the rules; the reasons behind it are in
//! the records only.

use std::collections::BTreeSet;
use std::sync::Arc;

use jwtrail_event::Reason;
use jwtrail_forge::catalogue;
use jwtrail_session::{Limits, Quota};

use crate::client::{Answer, Call};
use crate::limits::{Visit, with};
use crate::server::{Service, Setup};
use crate::states::Broken;

#[actix_web::test]
async fn no_credentials_or_another_scheme_are_401_without_an_error_code() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let basic = format!("Basic {}", token.expose());
    let get = || Call::get("/orders/7");
    for call in [get(), get().header("authorization", basic)] {
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), 401);
        assert_eq!(challenge(&answer), "Bearer realm=\"orders\"");
    }
    service.finish().await.sent(&[token]).complies(2);
}

#[actix_web::test]
async fn two_ways_at_once_an_empty_bearer_and_a_malformed_header_are_400() {
    let service = Service::start(&Setup {
        cookie: true,
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let cookie = format!("{}={}", service.forge.cookie_name(), token.expose());
    let get = || Call::get("/orders/7");
    let authorization = |value: &str| get().header("authorization", value);
    let good = format!("Bearer {}", token.expose());
    for call in [
        get().bearer(&token).bearer(&token),
        get().bearer(&token).header("cookie", cookie),
        authorization("Bearer"),
        authorization("Bearer "),
        authorization(""),
        authorization(&format!("{good} again")),
        authorization(&format!("{good},{good}")),
    ] {
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), 400);
        let expected = "Bearer realm=\"orders\", error=\"invalid_request\"";
        assert_eq!(challenge(&answer), expected);
    }
    service.finish().await.sent(&[token]).complies(7);
}

#[actix_web::test]
async fn scheme_names_are_case_insensitive() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} {}", token.expose());
        let call = Call::get("/orders/7").header("authorization", value);
        assert_eq!(call.send(service.address).await.status(), 200, "{scheme}");
    }
    service.finish().await.sent(&[token]).complies(4);
}

#[actix_web::test]
async fn a_bad_token_is_401_and_too_little_scope_403_with_the_scope() {
    let service = Service::start(&Setup::default());
    let bad = service.forge.token().signed_by_stranger().sign();
    let other = service.forge.token().scope("other").sign();
    let answer = Call::get("/orders/7")
        .bearer(&bad)
        .send(service.address)
        .await;
    assert_eq!(answer.status(), 401);
    assert_eq!(
        challenge(&answer),
        "Bearer realm=\"orders\", error=\"invalid_token\""
    );
    let answer = Call::get("/alone/7")
        .bearer(&other)
        .send(service.address)
        .await;
    assert_eq!(answer.status(), 403);
    let expected = "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders:read\"";
    assert_eq!(challenge(&answer), expected);
    service.finish().await.sent(&[bad, other]).complies(2);
}

#[actix_web::test]
async fn a_limit_is_429_with_retry_after_and_the_ratelimit_fields() {
    let quota = Quota::per_minute(60).burst(1);
    let service = Service::start(&with(Limits::builder().per_subject(quota)));
    let token = service.forge.token().sign();
    let mut visit = Visit::default();
    assert_eq!(visit.send(&service, &token, "1").await, 200);
    assert_eq!(visit.send(&service, &token, "2").await, 429);
    let answer = &visit.answers[1];
    for (name, value) in [
        ("retry-after", "1"),
        ("ratelimit", "\"subject\";r=0;t=1"),
        ("ratelimit-policy", "\"subject\";q=60;w=60"),
    ] {
        assert_eq!(answer.header(name).as_deref(), Some(value));
    }
    service.finish().await.sent(&[token]).complies(2);
}

#[actix_web::test]
async fn a_store_that_is_down_is_503() {
    let service = Service::start(&Setup {
        state: Arc::new(Broken::default()),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let answer = Call::get("/orders/7")
        .bearer(&token)
        .send(service.address)
        .await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.header("www-authenticate"), None);
    service.finish().await.sent(&[token]).complies(1);
}

/// Whatever is wrong with the token, the answers differ in nothing but the ids of the request.
#[actix_web::test]
async fn bodies_are_the_same_for_every_reason_and_tell_nothing() {
    let service = Service::start(&Setup {
        limits: Some(crate::server::many_failures()),
        ..Setup::default()
    });
    let (mut bodies, mut challenges) = (BTreeSet::new(), BTreeSet::new());
    let (mut reasons, mut sent) = (BTreeSet::new(), Vec::new());
    let cases = catalogue().filter(|case| {
        let bad_token = case.expect.error == Some("invalid_token");
        bad_token && case.precondition == jwtrail_forge::Precondition::Default
    });
    for case in cases {
        let presented = service.forge.present(case);
        let mut call = Call::get("/orders/7");
        for value in presented.authorization() {
            call = call.header("authorization", value.expose());
        }
        let answer = call.send(service.address).await;
        let told = String::from_utf8_lossy(&answer.raw).into_owned();
        for inside in [
            service.forge.subject(),
            service.forge.issuer(),
            service.forge.audience(),
            "kid",
            "signature",
            "expired",
        ] {
            assert!(!told.contains(inside), "{}: {inside} in {told}", case.id);
        }
        challenges.insert(challenge(&answer));
        bodies.insert(answer.body());
        reasons.insert(case.expect.reason.unwrap());
        sent.extend(presented.tokens().to_vec());
    }
    assert!(reasons.len() > 12, "{reasons:?}");
    assert!(reasons.contains(&Reason::Expired) && reasons.contains(&Reason::UnknownKey));
    assert_eq!(
        bodies,
        BTreeSet::from([r#"{"error":"invalid_token"}"#.to_owned()])
    );
    assert_eq!(challenges.len(), 1, "{challenges:?}");
    service.finish().await.sent(&sent);
}

fn challenge(answer: &Answer) -> String {
    answer.header("www-authenticate").unwrap_or_default()
}
