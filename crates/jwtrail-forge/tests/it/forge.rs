//! The forge itself: its keys, its ids, its builder.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_forge::{Algorithm, Forge};
use serde_json::{Value, json};

use crate::support;

fn forge() -> Forge {
    Forge::new(Timestamp::from_seconds(1_800_000_000))
}

fn segment(token: &SecretToken, index: usize) -> Value {
    support::json(token.expose().split('.').nth(index).unwrap()).unwrap()
}

#[test]
fn a_good_token_says_what_an_access_token_says() {
    let token = forge().token().sign();
    assert_eq!(
        segment(&token, 0),
        json!({ "alg": "ES256", "kid": "forge-es256", "typ": "at+jwt" })
    );
    let claims = segment(&token, 1);
    assert_eq!(claims["iss"], "https://login.example");
    assert_eq!(claims["aud"], "orders-api");
    assert_eq!(claims["sub"], "alice");
    assert_eq!(claims["scope"], "orders:read");
    assert_eq!(claims["client_id"], "web");
    assert_eq!(claims["iat"], 1_800_000_000);
    assert_eq!(claims["exp"], 1_800_000_300);
    let jti: uuid::Uuid = claims["jti"].as_str().unwrap().parse().unwrap();
    assert_eq!(jti.get_version_num(), 4);
}

#[test]
fn a_builder_changes_what_it_is_told() {
    let token = forge()
        .token()
        .algorithm(Algorithm::EdDsa)
        .subject("bob")
        .audience("billing")
        .issuer("https://id.example")
        .scope("a b")
        .id("one")
        .issued_in(-10)
        .expires_in(60)
        .claim("tenant", json!({ "name": "north" }))
        .without_claim("client_id")
        .header("x", 1)
        .without_header("typ")
        .sign();
    assert_eq!(
        segment(&token, 0),
        json!({ "alg": "EdDSA", "kid": "forge-eddsa", "x": 1 })
    );
    assert_eq!(
        segment(&token, 1),
        json!({
            "iss": "https://id.example", "aud": "billing", "sub": "bob", "scope": "a b",
            "jti": "one", "iat": 1_799_999_990, "exp": 1_800_000_060, "tenant": { "name": "north" },
        })
    );
    assert!(support::holds(&forge(), token.expose()));
}

#[test]
fn a_strangers_signature_does_not_hold() {
    for algorithm in Algorithm::ALL {
        let forge = forge().with_algorithm(*algorithm);
        assert!(
            support::holds(&forge, forge.token().sign().expose()),
            "{algorithm}"
        );
        let token = forge.token().signed_by_stranger().sign();
        assert!(!support::holds(&forge, token.expose()), "{algorithm}");
    }
}

#[test]
fn ids_follow_from_the_seed_and_never_repeat() {
    let ids = |seed| -> Vec<String> {
        let forge = forge().with_seed(seed);
        let later = forge.at(Timestamp::from_seconds(1_800_000_001));
        let tokens = [
            forge.token().sign(),
            later.token().sign(),
            forge.token().sign(),
        ];
        tokens
            .iter()
            .map(|token| segment(token, 1)["jti"].to_string())
            .collect()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
    assert_eq!(ids(3).into_iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn another_moment_moves_the_times() {
    let later = forge().at(Timestamp::from_seconds(1_900_000_000));
    assert_eq!(segment(&later.token().sign(), 1)["iat"], 1_900_000_000);
}

#[test]
fn the_key_set_has_the_keys_that_the_pem_files_have() {
    let set: Value = serde_json::from_str(&forge().jwks()).unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 3);
    for key in keys {
        let algorithm = Algorithm::ALL
            .iter()
            .find(|a| key["alg"] == a.as_str())
            .unwrap();
        assert_eq!(key["kid"], algorithm.kid());
        let pem = forge().public_pem(*algorithm).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        for part in ["n", "x", "y"] {
            if let Some(text) = key[part].as_str() {
                let bytes = support::bytes(text);
                assert!(
                    der.windows(bytes.len()).any(|w| w == bytes),
                    "{algorithm} {part}"
                );
            }
        }
        assert!(key.get("d").is_none());
    }
    assert_eq!(forge().public_pem(Algorithm::Hs256), None);
    assert!(forge().hmac_secret().len() >= 32);
}
