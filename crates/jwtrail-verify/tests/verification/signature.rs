use std::sync::LazyLock;

use jwtrail_event::events::Evidence;
use jwtrail_event::{Reason, Text};
use jwtrail_verify::{Algorithm, KeySet, Verifier, verify_jws};
use serde_json::json;

use crate::support::{
    AUDIENCE, HS256, ISSUER, NOW, Signer, Trusted, at, build, changed, claims, good, refusal,
    verify,
};

static ALL: LazyLock<Vec<Signer>> = LazyLock::new(|| {
    let signers = Algorithm::ALL
        .iter()
        .map(|algorithm| Signer::new(*algorithm, "k"));
    signers.collect()
});

#[test]
fn every_algorithm_verifies_its_own_tokens() {
    for signer in ALL.iter() {
        let verifier = Verifier::builder()
            .issuer(ISSUER, signer.keys())
            .audience(AUDIENCE);
        let token = signer.sign(signer.header(), claims());
        let verified = build(verifier).verify(&token, at(NOW));
        assert!(verified.is_ok(), "{}: {verified:?}", signer.algorithm);
    }
}

#[test]
fn the_key_pair_of_every_algorithm_is_taken_as_a_jwk() {
    for signer in ALL.iter().filter(|one| !one.algorithm.is_symmetric()) {
        let name = signer.algorithm.to_string();
        let jwk = changed(signer.jwk(), "alg", Some(json!(name)));
        let set = KeySet::from_jwks(json!({ "keys": [jwk] }).to_string());
        let set = set.unwrap_or_else(|error| panic!("{name}: {error}"));
        let token = signer.sign(signer.header(), "signed");
        assert_eq!(verify_jws(&token, &set).unwrap(), b"signed", "{name}");
    }
}

#[test]
fn no_algorithm_verifies_the_token_of_another_key() {
    for signer in ALL.iter() {
        let stranger = Signer::new(signer.algorithm, "stranger");
        let verifier = Verifier::builder()
            .issuer(ISSUER, signer.keys())
            .audience(AUDIENCE);
        let token = stranger.sign(signer.header(), claims());
        let rejection = build(verifier).verify(&token, at(NOW)).unwrap_err();
        assert_eq!(
            rejection.reason(),
            Reason::BadSignature,
            "{}",
            signer.algorithm
        );
        assert_eq!(
            rejection.steps().to_string(),
            "parse:ok header:ok key:ok signature:bad_signature"
        );
    }
}

#[test]
fn a_changed_payload_is_claimed_only() {
    let other = HS256.sign(
        HS256.header(),
        changed(claims(), "sub", Some("root".into())),
    );
    let token = good();
    let (_, signature) = token.rsplit_once('.').unwrap();
    let (signed, _) = other.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{signature}");
    assert_eq!(refusal(&forged), (Reason::BadSignature, Trusted::No));
    let rejection = verify(&forged).unwrap_err();
    let Evidence::Unverified { header, claimed } = rejection.evidence() else {
        panic!("not unverified");
    };
    assert_eq!(claimed.sub, Some(Text::from("root")));
    assert_eq!(claimed.iss, Some(Text::from(ISSUER)));
    assert_eq!(header.kid, Some(Text::from("h")));
    assert_eq!(
        header.fingerprint.unwrap().as_str(),
        rejection.fingerprint().as_str()
    );
}

#[test]
fn an_empty_or_cut_signature_does_not_hold() {
    let token = good();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    for cut in ["", signature.split_at(4).0, signature.split_at(40).0] {
        let (reason, trust) = refusal(&format!("{signed}.{cut}"));
        assert_eq!((reason, trust), (Reason::BadSignature, Trusted::No));
    }
}

#[test]
fn the_signature_step_alone_takes_any_payload() {
    let keys = HS256.keys();
    for payload in ["", "foo", "\u{0}"] {
        let token = HS256.sign(HS256.header(), payload);
        assert_eq!(verify_jws(&token, &keys).unwrap(), payload.as_bytes());
    }
    let big = HS256.sign(HS256.header(), "p".repeat(8192));
    assert_eq!(verify_jws(&big, &keys), Err(Reason::TokenTooLarge));
}

#[test]
fn the_signature_step_alone_takes_tokens_of_8_kib_and_no_longer() {
    let of_length = |length: usize| {
        // Not every length of a segment is one of base64url: spaces in the header make up for it.
        let tokens = (0..4).map(|spaces| {
            let header = format!("{}{}", HS256.header(), " ".repeat(spaces));
            let rest = length - HS256.sign(&header, "").len();
            HS256.sign(header, "p".repeat(rest / 4 * 3 + rest % 4 * 3 / 4))
        });
        tokens.into_iter().find(|token| token.len() == length)
    };
    let keys = HS256.keys();
    assert!(verify_jws(&of_length(8192).unwrap(), &keys).is_ok());
    assert_eq!(
        verify_jws(&of_length(8193).unwrap(), &keys),
        Err(Reason::TokenTooLarge)
    );
}
