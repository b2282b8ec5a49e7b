//! Checks 8 to 12: it was made for this request, with this token, just now.

use jwtrail_event::{Reason, SecretToken, Timestamp};
use jwtrail_forge::ProofBuilder;
use jwtrail_verify::{DpopError, DpopNonces, DpopPolicy, DpopRequest, Thumbprint};

use super::{FORGE, TOKEN, check, request, targets};
use crate::support::{NOW, at};

#[test]
fn check_08_its_htm_is_the_method() {
    for method in ["POST", "get", "GET ", "HEAD"] {
        let other = check(|p| p.method(method)).unwrap_err();
        assert_eq!(other, DpopError::Method, "{method}");
    }
}

#[test]
fn check_09_its_htu_is_the_uri_without_query_and_fragment() {
    for uri in [
        "https://orders.example/orders/8",
        "https://orders.example/orders/7/",
        "https://orders.example/",
        "https://other.example/orders/7",
        "http://orders.example/orders/7",
        "https://orders.example:8443/orders/7",
        "https://orders.example@other.example/orders/7",
        "/orders/7",
        "orders",
    ] {
        let other = check(|p| p.uri(uri)).unwrap_err();
        assert_eq!(other, DpopError::Target, "{uri}");
    }
    for uri in [
        "https://orders.example/orders/7?page=2#top",
        "HTTPS://Orders.Example:443/orders/./%37",
        "https://second.example/orders/7",
    ] {
        assert!(check(|p| p.uri(uri)).is_ok(), "{uri}");
    }
    let proof = FORGE.proof(&TOKEN).sign();
    let proofs = [proof.expose().as_bytes()];
    // A service that does not know its own URI takes no proof.
    let unknown = DpopPolicy::default().check(&request(&proofs, &[]), at(NOW));
    assert_eq!(unknown.unwrap_err(), DpopError::Target);
}

#[test]
fn check_10_its_nonce_is_one_of_the_servers() {
    let nonces = DpopNonces::new(&[7; 32]);
    let with = |nonce: Option<&str>, now| {
        let forge = FORGE.at(now);
        let proof = forge.proof(&TOKEN);
        let proof = match nonce {
            Some(nonce) => proof.nonce(nonce),
            None => proof,
        };
        let proof = proof.sign();
        let targets = targets();
        let proofs = [proof.expose().as_bytes()];
        let request = DpopRequest {
            nonces: Some(&nonces),
            ..request(&proofs, &targets)
        };
        DpopPolicy::default().check(&request, now).map(|_| ())
    };
    let given = nonces.current(at(NOW));
    assert_eq!(with(Some(&given), at(NOW)), Ok(()));
    assert_eq!(with(Some(&given), at(NOW + 120)), Ok(()));
    let foreign = DpopNonces::new(&[8; 32]).current(at(NOW));
    let (cut, _) = given.split_at(given.len() - 1);
    for nonce in [None, Some(""), Some("x"), Some(cut), Some(&*foreign)] {
        assert_eq!(with(nonce, at(NOW)), Err(DpopError::Nonce), "{nonce:?}");
    }
    assert_eq!(with(Some(&given), at(NOW + 240)), Err(DpopError::Nonce));
    let ahead = nonces.current(at(NOW + 120));
    assert_eq!(with(Some(&ahead), at(NOW)), Err(DpopError::Nonce));
    assert_eq!(DpopError::Nonce.reason(), Reason::ProofNonceRequired);
    // Where none was given, a nonce of somebody else's is no fault.
    assert!(check(|p| p.nonce("x")).is_ok());
}

#[test]
fn check_11_it_was_made_within_the_window() {
    for (seconds, expected) in [
        (0, Ok(())),
        (-60, Ok(())),
        (60, Ok(())),
        (-61, Err(DpopError::Time)),
        (61, Err(DpopError::Time)),
        (i64::MIN / 2, Err(DpopError::Claim { name: "iat" })),
    ] {
        let found = check(|p| p.issued_in(seconds)).map(|_| ());
        assert_eq!(found, expected, "{seconds}");
    }
    let narrow = DpopPolicy::default().with_window(5).unwrap();
    for (seconds, fits) in [(-5, true), (-6, false), (5, true), (6, false)] {
        let proof = FORGE.proof(&TOKEN).issued_in(seconds).sign();
        let (proofs, targets) = ([proof.expose().as_bytes()], targets());
        let found = narrow.check(&request(&proofs, &targets), at(NOW));
        assert_eq!(found.is_ok(), fits, "{seconds}");
    }
    assert!(DpopPolicy::default().with_window(0).is_err());
    assert!(DpopPolicy::default().with_window(301).is_err());
}

#[test]
fn check_11_a_proof_is_remembered_for_as_long_as_it_could_pass() {
    let policy = DpopPolicy::default();
    for made in [-60, 0, 60] {
        let proof = FORGE.proof(&TOKEN).issued_in(made).sign();
        let (proofs, targets) = ([proof.expose().as_bytes()], targets());
        let request = request(&proofs, &targets);
        let until = policy.valid_until(&policy.check(&request, at(NOW)).unwrap());
        let before = Timestamp::from_micros(until.as_micros() - 1);
        assert!(policy.check(&request, before).is_ok());
        assert_eq!(policy.check(&request, until).unwrap_err(), DpopError::Time);
    }
}

#[test]
fn check_12_its_ath_is_the_tokens_hash() {
    let other = FORGE.token().bound_to_client().sign();
    let hash = |token: &SecretToken| Thumbprint::of_certificate(token.expose().as_bytes());
    for ath in [
        hash(&other).to_string(),
        String::new(),
        format!("{}=", hash(&TOKEN)),
    ] {
        let wrong = check(|p| p.claim("ath", ath.clone())).unwrap_err();
        assert_eq!(wrong, DpopError::TokenHash, "{ath}");
    }
    let none = check(|p| p.without_claim("ath")).unwrap_err();
    assert_eq!(none, DpopError::TokenHash);
    assert!(check(|p| p.claim("ath", hash(&TOKEN).to_string())).is_ok());
}

#[test]
fn check_12_the_token_is_bound_to_the_proofs_key() {
    let other = check(ProofBuilder::by_stranger).unwrap_err();
    assert_eq!(other, DpopError::KeyBinding);
}
