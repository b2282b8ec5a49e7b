use jwtrail_event::Reason;
use jwtrail_verify::{
    Algorithm, BuildError, Key, KeyError, KeySet, KeySetError, UnknownIssuer, Verifier,
};
use serde_json::json;

use crate::support::{
    AUDIENCE, ES256, HS256, ISSUER, NOW, Signer, Trusted, at, build, builder, changed, claims,
    encode, good, refusal, seed, trust, with_claim, with_header,
};

#[test]
fn one_key_one_algorithm() {
    // The kid of the ES256 key, signed with a secret: no key has both.
    let token = with_header("kid", Some(json!(ES256.kid)));
    assert_eq!(refusal(&token), (Reason::UnknownKey, Trusted::No));
    // Its public key as the secret.
    let header = changed(HS256.header(), "kid", Some(json!(ES256.kid)));
    let confused = Signer::new(Algorithm::Hs256, "x").sign(header, claims());
    assert_eq!(refusal(&confused), (Reason::UnknownKey, Trusted::No));
}

#[test]
fn a_token_of_another_issuer_under_this_key_is_bad_issuer_with_trust_none() {
    for iss in [
        "https://evil.example",
        "https://login.example/",
        "HTTPS://LOGIN.EXAMPLE",
        "",
    ] {
        let token = with_claim("iss", Some(json!(iss)));
        assert_eq!(refusal(&token), (Reason::BadIssuer, Trusted::No), "{iss}");
    }
}

#[test]
fn several_issuers_cannot_speak_for_each_other() {
    let other = Signer::new(Algorithm::Hs256, "other");
    // The same `kid` as the first issuer's key.
    let twin = Signer::hmac("h", &[7; 32]);
    let keys = KeySet::new(vec![other.key(), twin.key()]).unwrap();
    let verifier = build(builder().issuer("https://other.example", keys));
    let check = |token: &str| {
        let outcome = verifier.verify(token, at(NOW));
        outcome
            .map(|v| v.token.iss().to_owned())
            .map_err(|r| (r.reason(), trust(&r)))
    };
    let theirs = changed(claims(), "iss", Some(json!("https://other.example")));

    assert_eq!(check(&good()).unwrap(), ISSUER);
    let token = other.sign(other.header(), &theirs);
    assert_eq!(check(&token).unwrap(), "https://other.example");
    // The other issuer's key, our name.
    let token = other.sign(other.header(), claims());
    assert_eq!(check(&token), Err((Reason::BadIssuer, Trusted::No)));
    // Our key, the other issuer's name.
    let token = ES256.sign(ES256.header(), &theirs);
    assert_eq!(check(&token), Err((Reason::BadIssuer, Trusted::No)));
    // Both have a key of this name: each counts for its own issuer only.
    let token = twin.sign(twin.header(), &theirs);
    assert_eq!(check(&token).unwrap(), "https://other.example");
    let token = twin.sign(twin.header(), claims());
    assert_eq!(check(&token), Err((Reason::BadSignature, Trusted::No)));
    let token = HS256.sign(HS256.header(), &theirs);
    assert_eq!(check(&token), Err((Reason::BadSignature, Trusted::No)));
    // Without an issuer's name, a kid that both have is nobody's.
    let token = twin.sign(twin.header(), changed(claims(), "iss", None));
    assert_eq!(check(&token), Err((Reason::BadIssuer, Trusted::No)));
}

#[test]
fn a_new_key_of_one_issuer_is_unknown_whatever_keys_others_have() {
    // The other issuer's key has no id, and so serves any.
    let unnamed = Key::hmac(Algorithm::Hs256, [7; 32], None).unwrap();
    let others = KeySet::new(vec![unnamed]).unwrap();
    let verifier = build(builder().issuer("https://other.example", others));
    let rotated = Signer::hmac("h-2027", &[6; 32]);
    let token = rotated.sign(rotated.header(), claims());
    let rejection = verifier.verify(&token, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::UnknownKey);
    assert_eq!(trust(&rejection), Trusted::No);
    // An issuer that is nobody's still is a bad one.
    let stranger = changed(claims(), "iss", Some(json!("https://evil.example")));
    let token = rotated.sign(rotated.header(), stranger);
    let rejection = verifier.verify(&token, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::BadIssuer);
}

#[test]
fn a_key_set_that_is_not_there_yet_is_key_unavailable() {
    let verifier = Verifier::builder()
        .issuer(ISSUER, KeySet::unavailable())
        .audience(AUDIENCE);
    let verifier = build(verifier);
    let token = ES256.sign(ES256.header(), claims());
    let reason = |token: &str| {
        verifier
            .verify(token, at(NOW))
            .map(|_| ())
            .map_err(|r| r.reason())
    };
    assert_eq!(reason(&token), Err(Reason::KeyUnavailable));
    assert_eq!(reason(&good()), Err(Reason::AlgorithmNotAllowed));
    verifier.replace_keys(ISSUER, ES256.keys()).unwrap();
    assert_eq!(reason(&token), Ok(()));
    let unknown = verifier.replace_keys("https://nobody.example", ES256.keys());
    assert!(
        matches!(unknown, Err(UnknownIssuer { issuer, .. }) if issuer == "https://nobody.example")
    );
}

#[test]
fn a_token_without_an_issuer_lacks_a_key_only_while_keys_are_not_there_yet() {
    let header = changed(ES256.header(), "kid", Some(json!("unknown")));
    let token = ES256.sign(header, changed(claims(), "iss", None));
    assert_eq!(refusal(&token), (Reason::UnknownKey, Trusted::No));
    let verifier = build(builder().issuer("https://other.example", KeySet::unavailable()));
    let rejection = verifier.verify(&token, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::KeyUnavailable);
}

#[test]
fn a_token_without_kid_gets_the_only_key_of_its_algorithm() {
    let token = with_header("kid", None);
    assert!(build(builder()).verify(&token, at(NOW)).is_ok());
    let second = Signer::new(Algorithm::Hs256, "h2");
    let keys = KeySet::new(vec![HS256.key(), second.key()]).unwrap();
    let verifier = build(Verifier::builder().issuer(ISSUER, keys).audience(AUDIENCE));
    let rejection = verifier.verify(&token, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::UnknownKey);
}

#[test]
fn a_key_without_kid_serves_every_kid_of_its_algorithm() {
    let secret = format!("{:-<64}", "h");
    let keys = KeySet::new(vec![Key::hmac(Algorithm::Hs256, secret, None).unwrap()]).unwrap();
    let verifier = build(Verifier::builder().issuer(ISSUER, keys).audience(AUDIENCE));
    for token in [good(), with_header("kid", None)] {
        assert!(verifier.verify(&token, at(NOW)).is_ok());
    }
    let longest = with_header("kid", Some(json!("k".repeat(256))));
    assert!(verifier.verify(&longest, at(NOW)).is_ok());
    let long = with_header("kid", Some(json!("k".repeat(257))));
    assert_eq!(
        verifier.verify(&long, at(NOW)).unwrap_err().reason(),
        Reason::UnknownKey
    );
}

#[test]
fn an_unknown_kid_is_unknown_as_soon_as_one_key_has_a_kid() {
    let unnamed = || Key::hmac(Algorithm::Hs256, format!("{:-<64}", "h"), None).unwrap();
    let named = Signer::hmac("named", &[5; 32]);
    let keys = KeySet::new(vec![unnamed(), named.key()]).unwrap();
    let verifier = build(Verifier::builder().issuer(ISSUER, keys).audience(AUDIENCE));
    // Signed by the key without an id: it must not stand in for an id that nobody has.
    let rejection = verifier.verify(&good(), at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::UnknownKey);
    assert_eq!(trust(&rejection), Trusted::No);
    let token = named.sign(named.header(), claims());
    assert!(verifier.verify(&token, at(NOW)).is_ok());
    // Ids of another algorithm's keys do not count.
    let keys = KeySet::new(vec![unnamed(), ES256.key()]).unwrap();
    let verifier = build(Verifier::builder().issuer(ISSUER, keys).audience(AUDIENCE));
    assert!(verifier.verify(&good(), at(NOW)).is_ok());
}

#[test]
fn a_key_set_has_at_most_512_kib_and_100_keys() {
    let long = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(512 * 1024));
    assert!(matches!(
        KeySet::from_jwks(long),
        Err(KeySetError::TooLong { .. })
    ));
    let many = json!({ "keys": vec![json!({}); 101] });
    let refused = KeySet::from_jwks(many.to_string());
    assert_eq!(
        refused.unwrap_err(),
        KeySetError::TooManyKeys { count: 101 }
    );
    for text in ["", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}"] {
        assert_eq!(
            KeySet::from_jwks(text).unwrap_err(),
            KeySetError::NotAKeySet,
            "{text}"
        );
    }
    let none = KeySet::from_jwks("{\"keys\":[]}");
    assert_eq!(
        none.unwrap_err(),
        KeySetError::NoUsableKey { skipped: vec![] }
    );
}

#[test]
fn bad_keys_of_a_set_are_passed_over_and_noted() {
    let good = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "good", "use": "sig",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let with = |name: &str, value| {
        changed(
            changed(good.clone(), "kid", Some(json!(name))),
            name,
            Some(value),
        )
    };
    let keys = json!({ "keys": [
        good,
        with("use", json!("enc")),
        with("key_ops", json!(["encrypt"])),
        with("alg", json!("ES256")),
        with("kty", json!("XYZ")),
        with("d", json!("AAAA")),
        with("x", json!("AAAA=")),
        { "kty": "oct", "alg": "HS256", "k": encode(&[7; 32]) },
        7,
        changed(good.clone(), "kid", Some(json!("twin"))),
        changed(good.clone(), "kid", Some(json!("twin"))),
        changed(good.clone(), "kid", Some(json!("k".repeat(257)))),
    ] });
    let set = KeySet::from_jwks(keys.to_string()).unwrap();
    assert_eq!(set.len(), 1);
    let noted: Vec<_> = set
        .skipped()
        .iter()
        .map(|s| (s.index, s.problem.clone()))
        .collect();
    assert_eq!(
        noted,
        [
            (1, KeyError::NotForVerifying { member: "use" }),
            (2, KeyError::NotForVerifying { member: "key_ops" }),
            (3, KeyError::JwkAlgorithm),
            (4, KeyError::Jwk { member: "kty" }),
            (5, KeyError::Private),
            (6, KeyError::Jwk { member: "x" }),
            (7, KeyError::PublishedSymmetric),
            (8, KeyError::NotJwk),
            (9, KeyError::Ambiguous),
            (10, KeyError::Ambiguous),
            (11, KeyError::Kid { length: 257 }),
        ]
    );
}

#[test]
fn a_key_set_of_512_kib_or_of_100_keys_is_taken() {
    let key = json!({ "kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let named = |count: usize| -> Vec<_> {
        (0..count)
            .map(|number| changed(key.clone(), "kid", Some(json!(number.to_string()))))
            .collect()
    };
    let set = KeySet::from_jwks(json!({ "keys": named(100) }).to_string()).unwrap();
    assert_eq!(set.len(), 100);
    let made = |count| {
        let keys = named(count);
        KeySet::new(
            keys.iter()
                .map(|key| Key::from_jwk(key.to_string()).unwrap())
                .collect(),
        )
    };
    assert_eq!(made(100).unwrap().len(), 100);
    assert_eq!(
        made(101).unwrap_err(),
        KeySetError::TooManyKeys { count: 101 }
    );

    let small = json!({ "keys": named(1) }).to_string();
    let spaces = |total: usize| format!("{small}{}", " ".repeat(total - small.len()));
    assert!(KeySet::from_jwks(spaces(KeySet::MAX_BYTES)).is_ok());
    let length = KeySet::MAX_BYTES + 1;
    assert_eq!(
        KeySet::from_jwks(spaces(length)).unwrap_err(),
        KeySetError::TooLong { length }
    );
}

#[test]
fn keys_of_the_configuration_must_be_told_apart() {
    let twice = KeySet::new(vec![HS256.key(), HS256.key()]);
    assert!(matches!(twice, Err(KeySetError::Ambiguous { .. })));
    assert!(matches!(
        KeySet::new(vec![]),
        Err(KeySetError::NoUsableKey { .. })
    ));
}

#[test]
fn there_is_no_default_key_and_no_silent_configuration() {
    let errors = [
        Verifier::builder().audience(AUDIENCE).build(seed()),
        builder().issuer("", HS256.keys()).build(seed()),
        builder().issuer(ISSUER, HS256.keys()).build(seed()),
        builder().also_audience("").build(seed()),
        builder().leeway(301).build(seed()),
        builder().max_token_bytes(65_537).build(seed()),
        builder().cache_capacity(usize::MAX).build(seed()),
    ]
    .map(Result::unwrap_err);
    assert!(
        matches!(
            errors,
            [
                BuildError::NoIssuer,
                BuildError::EmptyIssuer,
                BuildError::DuplicateIssuer { .. },
                BuildError::EmptyAudience,
                BuildError::LongLeeway { seconds: 301 },
                BuildError::TokenBytes { bytes: 65_537 },
                BuildError::LargeCache { tokens: usize::MAX },
            ]
        ),
        "{errors:?}"
    );
    let largest = builder().cache_capacity(1_000_000);
    assert!(largest.build(seed()).is_ok());
}
