//! Issuers whose keys are fetched: the verifier's part of it, with time as data.

use jwtrail_event::{CacheUse, Reason, Step};
use jwtrail_verify::{
    Algorithm, BuildError, HasAudience, Key, KeySet, Rejection, Verifier, VerifierBuilder,
};
use serde_json::json;

use crate::support::{
    AUDIENCE, ES256, HS256, ISSUER, NOW, Signer, at, build, changed, claims, seed,
};

#[test]
fn before_the_first_fetch_a_token_lacks_its_key() {
    let verifier = build(remote(Algorithm::ASYMMETRIC));
    let rejection = refused(&verifier, &by(&ES256), NOW);
    assert_eq!(rejection.reason(), Reason::KeyUnavailable);
    assert_eq!(rejection.missing_key_of(), Some(ISSUER));
    assert!(!verifier.has_newer_keys(&rejection));
}

#[test]
fn a_key_of_a_new_kind_lacks_its_key_only() {
    let verifier = with_keys(Algorithm::ASYMMETRIC, &ES256.keys());
    let rotated = Signer::new(Algorithm::EdDsa, "d");
    let rejection = refused(&verifier, &by(&rotated), NOW);
    assert_eq!(
        rejection.steps().failure(),
        Some((Step::Key, Reason::UnknownKey))
    );
    assert_eq!(rejection.missing_key_of(), Some(ISSUER));
    renew(&verifier, &rotated.keys());
    assert!(verifier.has_newer_keys(&rejection));
    assert!(verifier.verify(&by(&rotated), at(NOW)).is_ok());
}

#[test]
fn only_the_configured_algorithms_are_looked_for() {
    let verifier = with_keys(&[Algorithm::EdDsa], &ES256.keys());
    let rejection = refused(&verifier, &by(&ES256), NOW);
    assert_eq!(rejection.reason(), Reason::AlgorithmNotAllowed);
    assert_eq!(rejection.missing_key_of(), None);
}

/// Another issuer may use ES256: that lends nothing to the one that may not.
#[test]
fn one_issuers_algorithms_are_not_anothers() {
    let other = Signer::new(Algorithm::Es256, "other");
    let builder = remote(&[Algorithm::EdDsa]).issuer("https://other.example", other.keys());
    let verifier = build(builder);
    // Not even while it has no keys at all: no key that comes could help.
    let rejection = refused(&verifier, &by(&ES256), NOW);
    assert_eq!(rejection.reason(), Reason::UnknownKey);
    assert_eq!(rejection.missing_key_of(), None);
    let set = KeySet::new(vec![ES256.key(), Signer::new(Algorithm::EdDsa, "d").key()]);
    renew(&verifier, &set.unwrap());
    let rejection = refused(&verifier, &by(&ES256), NOW);
    assert_eq!(rejection.reason(), Reason::UnknownKey);
    assert_eq!(rejection.missing_key_of(), None);
}

#[test]
fn a_secret_is_never_fetched() {
    let verifier = with_keys(Algorithm::ASYMMETRIC, &HS256.keys());
    let rejection = refused(&verifier, &by(&HS256), NOW);
    assert_eq!(rejection.reason(), Reason::AlgorithmNotAllowed);
    let built = remote(&[Algorithm::Es256, Algorithm::Hs384]).build(seed());
    assert_eq!(
        built.unwrap_err(),
        BuildError::FetchedSecret {
            issuer: ISSUER.to_owned(),
            algorithm: Algorithm::Hs384
        }
    );
    let none = remote(&[]).build(seed()).unwrap_err();
    assert!(matches!(none, BuildError::NoAlgorithm { issuer } if issuer == ISSUER));
    let secrets: Vec<_> = Algorithm::ALL
        .iter()
        .filter(|algorithm| algorithm.is_symmetric())
        .collect();
    assert_eq!(
        Algorithm::ALL.len(),
        secrets.len() + Algorithm::ASYMMETRIC.len()
    );
    assert!(Algorithm::ASYMMETRIC.iter().all(|a| !a.is_symmetric()));
}

#[test]
fn a_kid_that_no_key_can_have_asks_for_no_newer_keys() {
    let verifier = with_keys(Algorithm::ASYMMETRIC, &ES256.keys());
    for (kid, missing) in [
        ("", None),
        (&*"k".repeat(257), None),
        (&*"k".repeat(256), Some(ISSUER)),
    ] {
        let header = changed(ES256.header(), "kid", Some(json!(kid)));
        let rejection = refused(&verifier, &ES256.sign(header, claims()), NOW);
        assert_eq!(rejection.reason(), Reason::UnknownKey);
        assert_eq!(rejection.missing_key_of(), missing);
    }
}

#[test]
fn strangers_and_forgers_ask_for_no_newer_keys() {
    let verifier = with_keys(Algorithm::ASYMMETRIC, &ES256.keys());
    let stranger = changed(claims(), "iss", Some(json!("https://evil.example")));
    let nameless = changed(claims(), "iss", None);
    let twin = Signer::new(Algorithm::Es256, ES256.kid);
    let unknown = Signer::new(Algorithm::Es256, "unknown");
    for token in [
        ES256.sign(ES256.header(), &stranger),
        unknown.sign(unknown.header(), &stranger),
        unknown.sign(unknown.header(), &nameless),
        // The right `kid`, another's signature.
        by(&twin),
    ] {
        assert_eq!(refused(&verifier, &token, NOW).missing_key_of(), None);
    }
    // An issuer whose keys are the configuration's has no newer ones.
    let fixed = Verifier::builder().issuer(ISSUER, ES256.keys());
    let fixed = build(fixed.audience(AUDIENCE));
    let rejection = refused(&fixed, &by(&unknown), NOW);
    assert_eq!(rejection.reason(), Reason::UnknownKey);
    assert_eq!(rejection.missing_key_of(), None);
    assert_eq!(
        (fixed.is_remote(ISSUER), verifier.is_remote(ISSUER)),
        (Some(false), Some(true))
    );
    assert_eq!(fixed.is_remote("https://evil.example"), None);
}

/// It rotates to an id that the other issuer's key has, too: `1` and `2` are popular.
#[test]
fn an_id_of_another_issuers_key_does_not_hide_that_ones_own_is_missing() {
    let other = Signer::new(Algorithm::Es256, "2");
    let own = Signer::new(Algorithm::Es256, "2");
    let others = remote(Algorithm::ASYMMETRIC).issuer("https://other.example", other.keys());
    let verifier = build(others);
    renew(&verifier, &ES256.keys());
    let rejection = refused(&verifier, &by(&own), NOW);
    assert_eq!(rejection.reason(), Reason::BadIssuer);
    assert_eq!(rejection.missing_key_of(), Some(ISSUER));
    renew(&verifier, &own.keys());
    assert!(verifier.verify(&by(&own), at(NOW)).is_ok());
}

#[test]
fn unchanged_keys_keep_the_tokens_that_were_verified() {
    let second = Signer::new(Algorithm::EdDsa, "d");
    let set = |keys: Vec<Key>| KeySet::new(keys).unwrap();
    let verifier = with_keys(Algorithm::ASYMMETRIC, &set(vec![ES256.key(), second.key()]));
    let token = by(&ES256);
    assert_eq!(cache_use(&verifier, &token), CacheUse::Miss);
    // The same keys, parsed anew and in another order.
    let same = set(vec![second.key(), ES256.key()]);
    assert_eq!(verifier.renew_keys(ISSUER, same, at(NOW + 100)), Ok(false));
    assert_eq!(cache_use(&verifier, &token), CacheUse::Hit);

    // One key less, the same number with another one, the same name for another key.
    let replaced = Signer::new(Algorithm::EdDsa, "d");
    let renamed = Key::public_pem(Algorithm::EdDsa, second.pem(), Some("renamed")).unwrap();
    for keys in [
        set(vec![ES256.key()]),
        set(vec![ES256.key(), second.key()]),
        set(vec![ES256.key(), replaced.key()]),
        set(vec![ES256.key(), second.key()]),
        set(vec![ES256.key(), renamed]),
    ] {
        assert_eq!(verifier.renew_keys(ISSUER, keys, at(NOW + 100)), Ok(true));
        assert_eq!(cache_use(&verifier, &token), CacheUse::Miss);
    }
    let nobody = verifier.renew_keys("https://nobody.example", ES256.keys(), at(NOW));
    assert!(nobody.is_err());
}

#[test]
fn the_same_key_for_another_algorithm_is_another_one() {
    let rsa = Signer::new(Algorithm::Rs256, "r");
    let verifier = with_keys(Algorithm::ASYMMETRIC, &rsa.keys());
    let pss = Key::public_pem(Algorithm::Ps256, rsa.pem(), Some("r")).unwrap();
    renew(&verifier, &KeySet::new(vec![pss]).unwrap());
    let rejection = refused(&verifier, &by(&rsa), NOW);
    assert_eq!(rejection.reason(), Reason::UnknownKey);
}

#[test]
fn a_key_that_is_removed_is_refused_at_the_next_request_although_its_token_was_kept() {
    let verifier = with_keys(Algorithm::ASYMMETRIC, &ES256.keys());
    let token = by(&ES256);
    assert_eq!(cache_use(&verifier, &token), CacheUse::Miss);
    assert_eq!(cache_use(&verifier, &token), CacheUse::Hit);
    renew(&verifier, &Signer::new(Algorithm::Es256, "next").keys());
    let rejection = refused(&verifier, &token, NOW);
    assert_eq!(rejection.reason(), Reason::UnknownKey);
}

#[test]
fn keys_are_good_until_their_time_and_not_a_moment_longer() {
    let verifier = build(remote(Algorithm::ASYMMETRIC));
    let until = at(NOW + 100);
    verifier.renew_keys(ISSUER, ES256.keys(), until).unwrap();
    let token = by(&ES256);
    assert_eq!(cache_use(&verifier, &token), CacheUse::Miss);
    let before = verifier.verify(&token, until.plus_micros(-1)).unwrap();
    assert_eq!(before.cache, CacheUse::Hit);
    // The token is kept, and refused all the same.
    let rejection = verifier.verify(&token, until).unwrap_err();
    assert_eq!(rejection.reason(), Reason::KeyUnavailable);
    assert_eq!(rejection.missing_key_of(), Some(ISSUER));
    assert!(verifier.verify_known(&token, until).is_none());
    // The same keys again: good again.
    let renewed = verifier.renew_keys(ISSUER, ES256.keys(), at(NOW + 200));
    assert_eq!(renewed, Ok(false));
    assert!(verifier.has_newer_keys(&rejection));
    assert!(verifier.verify(&token, until).is_ok());
}

#[test]
fn one_issuer_without_keys_leaves_the_others_alone() {
    let builder = remote(Algorithm::ASYMMETRIC).issuer("https://other.example", HS256.keys());
    let verifier = build(builder);
    let theirs = changed(claims(), "iss", Some(json!("https://other.example")));
    let token = HS256.sign(HS256.header(), theirs);
    assert!(verifier.verify(&token, at(NOW)).is_ok());
    let rejection = refused(&verifier, &by(&ES256), NOW);
    assert_eq!(rejection.reason(), Reason::KeyUnavailable);
}

fn remote(algorithms: &[Algorithm]) -> VerifierBuilder<HasAudience> {
    let builder = Verifier::builder().remote_issuer(ISSUER, algorithms);
    builder.audience(AUDIENCE)
}

fn with_keys(algorithms: &[Algorithm], keys: &KeySet) -> Verifier {
    let verifier = build(remote(algorithms));
    renew(&verifier, keys);
    verifier
}

fn renew(verifier: &Verifier, keys: &KeySet) {
    let renewed = verifier.renew_keys(ISSUER, keys.clone(), at(NOW + 86_400));
    assert_eq!(renewed, Ok(true));
}

fn by(signer: &Signer) -> String {
    signer.sign(signer.header(), claims())
}

fn refused(verifier: &Verifier, token: &str, now: i64) -> Box<Rejection> {
    verifier.verify(token, at(now)).unwrap_err()
}

fn cache_use(verifier: &Verifier, token: &str) -> CacheUse {
    verifier.verify(token, at(NOW)).unwrap().cache
}
