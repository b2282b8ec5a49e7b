//! What an issuer answers to an introspection (RFC 7662) is held against the same policy.

use jwtrail_event::{CacheUse, Reason};
use jwtrail_verify::{Rejection, Verified};
use serde_json::{Value, json};

use crate::support::{ISSUER, NOW, Trusted, at, build, builder, changed, trust};

#[test]
fn an_active_token_is_what_its_issuer_says() {
    let verified = introspect(&active().to_string()).unwrap();
    assert_eq!(verified.token.sub(), "alice");
    assert_eq!(verified.token.client_id(), Some("web"));
    assert!(verified.token.scope().contains("orders:write"));
    assert_eq!(verified.cache, CacheUse::Miss);
    assert_eq!(verified.steps.to_string(), "parse:ok claims:ok");
    let own: Value = verified.token.claims().unwrap();
    assert_eq!(own["username"], "Alice");
}

#[test]
fn an_answer_without_an_issuer_speaks_for_the_one_that_gave_it() {
    let answer = changed(active(), "iss", None);
    let verified = introspect(&answer.to_string()).unwrap();
    assert_eq!(verified.token.iss(), ISSUER);
    for iss in ["https://other.example", ""] {
        let answer = changed(active(), "iss", Some(json!(iss)));
        assert_eq!(refusal(&answer), (Reason::BadIssuer, Trusted::No), "{iss}");
    }
}

#[test]
fn an_inactive_token_is_revoked_and_nothing_is_known_of_it() {
    let answer = changed(active(), "active", Some(json!(false)));
    let rejection = introspect(&answer.to_string()).unwrap_err();
    assert_eq!(rejection.reason(), Reason::Revoked);
    assert_eq!(trust(&rejection), Trusted::No);
    assert_eq!(rejection.steps().to_string(), "parse:ok revocation:revoked");
}

#[test]
fn an_answer_that_is_none_closes() {
    let mut answers = vec![
        "".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "<html>".to_owned(),
        "{\"active\":true,\"active\":true}".to_owned(),
    ];
    for active_is in [json!("true"), json!(1), json!(null)] {
        answers.push(changed(active(), "active", Some(active_is)).to_string());
    }
    for answer in answers {
        let rejection = introspect(&answer).unwrap_err();
        assert_eq!(rejection.reason(), Reason::BackendUnavailable, "{answer}");
        assert_eq!(trust(&rejection), Trusted::No);
    }
}

#[test]
fn the_claims_are_checked_by_the_same_policy() {
    for (name, value, reason) in [
        ("sub", None, Reason::MissingClaim),
        ("aud", None, Reason::MissingClaim),
        ("exp", None, Reason::MissingClaim),
        ("sub", Some(json!(7)), Reason::BadClaimType),
        ("aud", Some(json!("other-api")), Reason::BadAudience),
        ("aud", Some(json!({})), Reason::BadClaimType),
        ("exp", Some(json!(NOW - 61)), Reason::Expired),
        ("exp", Some(json!("soon")), Reason::BadClaimType),
        ("nbf", Some(json!(NOW + 61)), Reason::NotYetValid),
        ("iat", Some(json!(NOW + 61)), Reason::IssuedInFuture),
        ("exp", Some(json!(NOW + 90_000)), Reason::LifetimeTooLong),
        ("scope", Some(json!(7)), Reason::BadClaimType),
        ("cnf", Some(json!("x")), Reason::BadClaimType),
    ] {
        let answer = changed(active(), name, value);
        assert_eq!(refusal(&answer), (reason, Trusted::Signed), "{answer}");
    }
}

#[test]
fn a_token_that_comes_again_is_held_against_the_clock() {
    let verifier = build(builder());
    let token = introspect(&active().to_string()).unwrap().token;
    let again = verifier.introspected_before(token.clone(), at(NOW + 100));
    assert_eq!(again.unwrap().cache, CacheUse::Hit);
    let late = verifier
        .introspected_before(token, at(NOW + 360))
        .unwrap_err();
    assert_eq!(
        (late.reason(), late.cache()),
        (Reason::Expired, CacheUse::Hit)
    );
}

#[test]
fn a_jwt_is_recorded_as_one_and_believed_by_the_answer_only() {
    let verifier = build(builder());
    let token = crate::support::good();
    let inactive = b"{\"active\":false}";
    let rejection = verifier
        .introspected(&token, inactive, ISSUER, at(NOW))
        .unwrap_err();
    let jwtrail_event::events::Evidence::Unverified { header, claimed } = rejection.evidence()
    else {
        panic!("the token was not introspected");
    };
    assert_eq!(header.alg.unwrap().as_str(), "HS256");
    assert_eq!(claimed.sub.unwrap().as_str(), "user-7");
}

#[test]
fn a_token_that_is_too_large_is_not_asked_about() {
    let verifier = build(builder());
    assert!(verifier.too_large(&"a".repeat(8192)).is_none());
    let large = verifier.too_large(&"a".repeat(8193)).unwrap();
    assert_eq!(large.reason(), Reason::TokenTooLarge);
}

fn introspect(answer: &str) -> Result<Verified, Box<Rejection>> {
    build(builder()).introspected("opaque", answer.as_bytes(), ISSUER, at(NOW))
}

fn refusal(answer: &Value) -> (Reason, Trusted) {
    let rejection = introspect(&answer.to_string()).unwrap_err();
    (rejection.reason(), trust(&rejection))
}

fn active() -> Value {
    json!({
        "active": true, "iss": ISSUER, "aud": ["orders-api"], "sub": "alice", "username": "Alice",
        "client_id": "web", "scope": "orders:read orders:write", "iat": NOW - 10, "exp": NOW + 290,
        "token_type": "Bearer",
    })
}
