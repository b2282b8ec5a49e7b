use std::sync::Arc;

use jwtrail_event::{CacheUse, FingerprintKey, Reason};
use jwtrail_verify::{KeySet, Rejection, Seed, Verified, Verifier};
use serde_json::json;

use crate::support::{
    AUDIENCE, ES256, HS256, ISSUER, NOW, Signer, Trusted, at, build, builder, changed, claims,
    good, trust, with_claim,
};

fn cache_use(verifier: &Verifier, token: &str) -> CacheUse {
    match verifier.verify(token, at(NOW)) {
        Ok(verified) => verified.cache,
        Err(rejection) => rejection.cache(),
    }
}

#[test]
fn a_hit_gives_the_same_steps_as_a_miss() {
    let verifier = build(builder());
    let miss = verifier.verify(&good(), at(NOW)).unwrap();
    let hit = verifier.verify(&good(), at(NOW)).unwrap();
    assert_eq!((miss.cache, hit.cache), (CacheUse::Miss, CacheUse::Hit));
    assert_eq!(miss.steps, hit.steps);
    assert!(Arc::ptr_eq(&miss.token, &hit.token));
}

#[test]
fn what_is_known_is_verified_without_its_signature_and_nothing_else_is() {
    let verifier = build(builder());
    assert!(verifier.verify_known(good(), at(NOW)).is_none());
    assert!(verifier.verify_known("a.b.c", at(NOW)).is_none());
    verifier.verify(&good(), at(NOW)).unwrap();
    let known = verifier.verify_known(good(), at(NOW)).unwrap().unwrap();
    assert_eq!(known.cache, CacheUse::Hit);
    let ended = verifier.verify_known(good(), at(NOW + 100_000)).unwrap();
    assert_eq!(ended.unwrap_err().reason(), Reason::Expired);
    assert!(verifier.verify_known(good(), at(NOW)).is_none());
    verifier.verify(&good(), at(NOW)).unwrap();
    verifier.replace_keys(ISSUER, HS256.keys()).unwrap();
    assert!(verifier.verify_known(good(), at(NOW)).is_none());
}

#[test]
fn a_token_of_the_greatest_length_is_kept_and_known() {
    let token = good();
    let verifier = build(builder().max_token_bytes(token.len()));
    assert!(verifier.verify(&token, at(NOW)).is_ok());
    let known = verifier.verify_known(&token, at(NOW)).unwrap().unwrap();
    assert_eq!(known.cache, CacheUse::Hit);
    let longer = format!("{token}A");
    assert!(verifier.verify_known(&longer, at(NOW)).is_none());
}

#[test]
fn verified_tokens_only() {
    let verifier = build(builder());
    let stranger = Signer::hmac("h", &[1; 32]);
    for bad in [
        with_claim("exp", Some(json!(NOW - 100))),
        with_claim("aud", Some(json!("other"))),
        stranger.sign(stranger.header(), claims()),
        "a.b.c".to_owned(),
    ] {
        assert_eq!(cache_use(&verifier, &bad), CacheUse::Miss);
        assert_eq!(cache_use(&verifier, &bad), CacheUse::Miss);
    }
}

#[test]
fn the_whole_token_is_the_key() {
    let verifier = build(builder());
    let token = good();
    assert_eq!(cache_use(&verifier, &token), CacheUse::Miss);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(43));
    let rejection = verifier.verify(&forged, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::BadSignature);
    assert_eq!(cache_use(&verifier, &token), CacheUse::Hit);
}

#[test]
fn a_hit_still_checks_exp_with_leeway() {
    let verifier = build(builder());
    verifier.verify(&good(), at(NOW)).unwrap();
    let end = NOW + 290 + 60;
    let hit = verifier.verify(&good(), at(end - 1)).unwrap();
    assert_eq!(hit.cache, CacheUse::Hit);
    let hit = verifier.verify(&good(), at(end)).unwrap_err();
    let miss = build(builder()).verify(&good(), at(end)).unwrap_err();
    assert_eq!((hit.cache(), miss.cache()), (CacheUse::Hit, CacheUse::Miss));
    assert_eq!(hit.reason(), Reason::Expired);
    assert_eq!(hit.steps(), miss.steps());
    assert_eq!(trust(&hit), Trusted::Signed);
    assert_eq!(hit.evidence(), miss.evidence());
    // The clock was set back: it is a good token again, verified anew.
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Miss);
}

#[test]
fn a_hit_still_checks_nbf() {
    let verifier = build(builder());
    let token = with_claim("nbf", Some(json!(NOW)));
    verifier.verify(&token, at(NOW)).unwrap();
    let rejection = verifier.verify(&token, at(NOW - 61)).unwrap_err();
    assert_eq!(
        (rejection.reason(), rejection.cache()),
        (Reason::NotYetValid, CacheUse::Hit)
    );
}

#[test]
fn rotating_a_key_takes_effect_on_the_next_request() {
    let verifier = build(builder());
    verifier.verify(&good(), at(NOW)).unwrap();
    verifier
        .replace_keys(ISSUER, KeySet::new(vec![HS256.key(), ES256.key()]).unwrap())
        .unwrap();
    // The key is still there: the token is verified again, and kept again.
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Miss);
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Hit);
    let next = Signer::hmac("h2", &[2; 32]);
    verifier.replace_keys(ISSUER, next.keys()).unwrap();
    let rejection = verifier.verify(&good(), at(NOW)).unwrap_err();
    assert_eq!(
        (rejection.reason(), rejection.cache()),
        (Reason::UnknownKey, CacheUse::Miss)
    );
    assert_eq!(trust(&rejection), Trusted::No);
}

#[test]
fn a_hit_answers_as_a_miss_whatever_the_clock_does() {
    let without_iat = changed(claims(), "iat", None);
    let tokens = [
        good(),
        with_claim("nbf", Some(json!(NOW - 5))),
        HS256.sign(HS256.header(), without_iat),
    ];
    for token in &tokens {
        for seconds in [-90_000, -400, -71, -70, -66, -65, 0, 349, 350, 90_000] {
            let verifier = build(builder());
            verifier.verify(token, at(NOW)).unwrap();
            let hit = verifier.verify(token, at(NOW + seconds));
            let miss = build(builder()).verify(token, at(NOW + seconds));
            let reason = |answer: &Result<Verified, Box<Rejection>>| {
                answer.as_ref().err().map(|r| (r.reason(), r.steps()))
            };
            assert_eq!(reason(&hit), reason(&miss), "{seconds}");
        }
    }
}

#[test]
fn rotating_one_issuers_key_leaves_the_others_key() {
    let other = Signer::hmac("other", &[3; 32]);
    let verifier = build(builder().issuer("https://other.example", other.keys()));
    let theirs = changed(claims(), "iss", Some(json!("https://other.example")));
    let theirs = other.sign(other.header(), theirs);
    for token in [&good(), &theirs] {
        assert_eq!(cache_use(&verifier, token), CacheUse::Miss);
        assert_eq!(cache_use(&verifier, token), CacheUse::Hit);
    }
    verifier
        .replace_keys(
            "https://other.example",
            Signer::hmac("new", &[4; 32]).keys(),
        )
        .unwrap();
    // Not even the cached tokens of the other issuer have to be verified again.
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Hit);
    let rejection = verifier.verify(&theirs, at(NOW)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::UnknownKey);
}

#[test]
fn large_tokens_take_the_place_of_several() {
    let verifier = build(builder().cache_capacity(32));
    let tokens: Vec<_> = (0..32)
        .map(|number| {
            let claims = changed(claims(), "pad", Some(json!("p".repeat(4_000))));
            let claims = changed(claims, "jti", Some(json!(format!("t-{number}"))));
            HS256.sign(HS256.header(), claims)
        })
        .collect();
    for token in &tokens {
        assert_eq!(cache_use(&verifier, token), CacheUse::Miss);
    }
    // About 5 KiB each, and there are 64 KiB.
    let hits = tokens.iter().rev().filter(|token| {
        let verified = verifier.verify(token, at(NOW)).unwrap();
        verified.cache == CacheUse::Hit
    });
    assert!((1..=12).contains(&hits.count()));
}

#[test]
fn a_cache_for_one_token_keeps_one() {
    let verifier = build(builder().cache_capacity(1));
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Miss);
    assert_eq!(cache_use(&verifier, &good()), CacheUse::Hit);
}

#[test]
fn bounded() {
    let verifier = build(builder().cache_capacity(32));
    let tokens: Vec<_> = (0..256)
        .map(|number| with_claim("jti", Some(json!(format!("t-{number}")))))
        .collect();
    for token in &tokens {
        assert_eq!(cache_use(&verifier, token), CacheUse::Miss);
    }
    // A look-up of what is kept is a hit; a miss puts another one out.
    let hits = tokens
        .iter()
        .filter(|token| cache_use(&verifier, token) == CacheUse::Hit);
    assert!(hits.count() <= 32);
}

#[test]
fn no_cache_when_it_has_no_capacity_and_none_for_what_is_too_large() {
    let verifier = build(builder().cache_capacity(0));
    assert_eq!(cache_use(&verifier, &good()), CacheUse::None);
    assert_eq!(cache_use(&verifier, &good()), CacheUse::None);
    assert_eq!(
        cache_use(&build(builder()), &"x".repeat(8193)),
        CacheUse::None
    );
}

#[test]
fn fingerprints_are_local_unless_there_is_a_key() {
    let local = build(builder());
    let verified = local.verify(&good(), at(NOW)).unwrap();
    assert!(verified.token.fingerprint().as_str().starts_with("local:"));
    assert_eq!(&local.fingerprint(&good()), verified.token.fingerprint());
    let other = builder().build(Seed::new([8; 32])).unwrap();
    assert_ne!(other.fingerprint(&good()), local.fingerprint(&good()));

    let key = || FingerprintKey::new("k1", &[5; 32]).unwrap();
    let keyed = |seed| {
        builder()
            .fingerprint_key(key())
            .build(Seed::new(seed))
            .unwrap()
    };
    let expected = key().fingerprint(&good());
    for seed in [[1; 32], [2; 32]] {
        assert_eq!(keyed(seed).fingerprint(&good()), expected);
    }
    let bare = Verifier::builder()
        .issuer(ISSUER, HS256.keys())
        .audience(AUDIENCE);
    let rejection = build(bare).verify("x", at(NOW)).unwrap_err();
    assert!(rejection.fingerprint().as_str().starts_with("local:"));
}

#[test]
fn many_threads_verify_while_keys_are_replaced() {
    let verifier = build(builder());
    let token = good();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    assert!(verifier.verify(&token, at(NOW)).is_ok());
                }
            });
        }
        for _ in 0..50 {
            let keys = KeySet::new(vec![HS256.key()]).unwrap();
            verifier.replace_keys(ISSUER, keys).unwrap();
        }
    });
    verifier.replace_keys(ISSUER, ES256.keys()).unwrap();
    assert!(verifier.verify(&token, at(NOW)).is_err());
}
