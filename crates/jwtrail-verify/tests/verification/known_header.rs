//! That a token with the same header held before helps no other token.

use jwtrail_event::events::Evidence;
use jwtrail_event::{CacheUse, Reason};
use jwtrail_verify::{Algorithm, Profile, Verifier};
use serde_json::json;

use crate::support::{
    AUDIENCE, ES256, HS256, ISSUER, NOW, Signer, at, build, builder, changed, claims, good,
    with_claim,
};

const OTHER_ISSUER: &str = "https://id.example";

fn reason(verifier: &Verifier, token: &str) -> Option<Reason> {
    let refused = verifier.verify(token, at(NOW)).err();
    refused.map(|rejection| rejection.reason())
}

/// Every token is verified, and one has been.
fn verifier_that_saw_a_token() -> Verifier {
    let verifier = build(builder().cache_capacity(0));
    let verified = verifier.verify(&good(), at(NOW)).unwrap();
    assert_eq!(verified.cache, CacheUse::None);
    verifier
}

#[test]
fn a_token_under_the_same_header_is_verified_as_the_first_one_was() {
    let verifier = verifier_that_saw_a_token();
    let first = build(builder().cache_capacity(0)).verify(&good(), at(NOW));
    let (first, again) = (first.unwrap(), verifier.verify(&good(), at(NOW)).unwrap());
    assert_eq!(first.steps, again.steps);
    assert_eq!(first.token.event_header(), again.token.event_header());
    assert_eq!(first.token.rendered(), again.token.rendered());
}

#[test]
fn what_is_wrong_behind_a_header_that_held_is_refused_as_ever() {
    let verifier = verifier_that_saw_a_token();
    let token = good();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let stranger = Signer::hmac("h", &[1; 32]);
    for (bad, expected) in [
        (
            stranger.sign(HS256.header(), claims()),
            Reason::BadSignature,
        ),
        (format!("{header}.{payload}."), Reason::BadSignature),
        (format!("{header}.{payload}"), Reason::MalformedToken),
        (format!("{header}..{signature}"), Reason::MalformedToken),
        (
            format!("{header}.e30.{signature}.x"),
            Reason::MalformedToken,
        ),
        (
            format!("{header}.{payload}.{signature}="),
            Reason::MalformedToken,
        ),
        (HS256.sign(HS256.header(), "[]"), Reason::MalformedToken),
        (
            HS256.sign(HS256.header(), r#"{"a":1,"a":1}"#),
            Reason::MalformedToken,
        ),
        (with_claim("exp", Some(json!(NOW - 100))), Reason::Expired),
        (
            with_claim("iss", Some(json!("https://x.example"))),
            Reason::BadIssuer,
        ),
    ] {
        let rejection = verifier.verify(&bad, at(NOW)).unwrap_err();
        assert_eq!(rejection.reason(), expected, "{bad}");
        let fresh = build(builder().cache_capacity(0));
        let first = fresh.verify(&bad, at(NOW)).unwrap_err();
        assert_eq!(first.steps(), rejection.steps(), "{bad}");
        assert_eq!(
            format!("{:?}", first.evidence()),
            format!("{:?}", rejection.evidence())
        );
    }
}

#[test]
fn a_header_that_differs_in_anything_is_judged_anew() {
    let verifier = verifier_that_saw_a_token();
    for (name, value, expected) in [
        ("alg", json!("none"), Reason::AlgorithmNotAllowed),
        ("kid", json!("H"), Reason::UnknownKey),
        ("crit", json!(["exp"]), Reason::UnsupportedCritical),
        ("jku", json!("https://x.example"), Reason::UntrustedKey),
        ("typ", json!("JWT"), Reason::WrongType),
    ] {
        let header = changed(HS256.header(), name, Some(value));
        let token = HS256.sign(header, claims());
        assert_eq!(reason(&verifier, &token), Some(expected), "{name}");
    }
}

#[test]
fn other_keys_decide_over_a_header_that_held_under_older_ones() {
    let verifier = verifier_that_saw_a_token();
    let other_secret = Signer::hmac("h", &[1; 32]);
    verifier.replace_keys(ISSUER, other_secret.keys()).unwrap();
    assert_eq!(reason(&verifier, &good()), Some(Reason::BadSignature));
    let renewed = other_secret.sign(HS256.header(), claims());
    assert_eq!(reason(&verifier, &renewed), None);
    let other_id = Signer::new(Algorithm::Hs256, "h2");
    verifier.replace_keys(ISSUER, other_id.keys()).unwrap();
    assert_eq!(reason(&verifier, &renewed), Some(Reason::UnknownKey));
    verifier.replace_keys(ISSUER, ES256.keys()).unwrap();
    assert_eq!(
        reason(&verifier, &good()),
        Some(Reason::AlgorithmNotAllowed)
    );
    verifier.replace_keys(ISSUER, HS256.keys()).unwrap();
    assert_eq!(reason(&verifier, &good()), None);
}

#[test]
fn a_header_that_held_for_one_issuer_gives_another_ones_token_no_key() {
    let other = Signer::hmac("h", &[1; 32]);
    let builder = builder().issuer(OTHER_ISSUER, other.keys());
    let verifier = build(builder.cache_capacity(0));
    assert_eq!(reason(&verifier, &good()), None);
    let of_other = changed(claims(), "iss", Some(json!(OTHER_ISSUER)));
    let forged = HS256.sign(HS256.header(), &of_other);
    assert_eq!(reason(&verifier, &forged), Some(Reason::BadSignature));
    let own = other.sign(HS256.header(), &of_other);
    assert_eq!(reason(&verifier, &own), None);
}

#[test]
fn a_header_that_held_under_one_policy_is_refused_under_another() {
    let legacy = || build(builder().profile(Profile::Legacy).cache_capacity(0));
    let (strict, legacy) = (verifier_that_saw_a_token(), legacy());
    let untyped = HS256.sign(changed(HS256.header(), "typ", None), claims());
    assert_eq!(reason(&legacy, &untyped), None);
    assert_eq!(reason(&legacy, &untyped), None);
    assert_eq!(reason(&legacy, &good()), Some(Reason::WrongType));
    assert_eq!(reason(&strict, &untyped), Some(Reason::WrongType));
    let asymmetric = Verifier::builder().issuer(ISSUER, ES256.keys());
    let asymmetric = build(asymmetric.audience(AUDIENCE).cache_capacity(0));
    assert_eq!(
        reason(&asymmetric, &good()),
        Some(Reason::AlgorithmNotAllowed)
    );
}

#[test]
fn a_refused_token_still_shows_its_header() {
    let verifier = verifier_that_saw_a_token();
    let forged = Signer::hmac("h", &[1; 32]).sign(HS256.header(), claims());
    let rejection = verifier.verify(&forged, at(NOW)).unwrap_err();
    let Evidence::Unverified { header, .. } = rejection.evidence() else {
        panic!("nothing of it is believed");
    };
    let texts = [header.kid, header.alg, header.typ].map(|text| format!("{:?}", text.unwrap()));
    let expected =
        ["h", "HS256", "at+jwt"].map(|text| format!("{:?}", jwtrail_event::Text::from(text)));
    assert_eq!(texts, expected);
}
