//! The twelve checks of RFC 9449 section 4.3, a test for each.

use std::sync::LazyLock;

use jwtrail_event::{Reason, SecretToken, Timestamp};
use jwtrail_forge::{Algorithm as Signed, Forge, ProofBuilder};
use jwtrail_verify::{
    Algorithm, DpopError, DpopNonces, DpopPolicy, DpopProof, DpopRequest, HttpUri, KeyError,
    Thumbprint,
};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{NOW, Signer, at, encode};

static FORGE: LazyLock<Forge> = LazyLock::new(|| Forge::new(at(NOW)));
static TOKEN: LazyLock<SecretToken> = LazyLock::new(|| FORGE.token().bound_to_client().sign());

#[test]
fn a_good_proof_passes_all_of_them() {
    let proof = check(|p| p.id("p-1")).unwrap();
    assert_eq!(proof.jti(), "p-1");
    assert_eq!((proof.htm(), proof.htu()), ("GET", FORGE.resource()));
    assert_eq!((proof.iat(), proof.nonce()), (NOW, None));
    assert_eq!(proof.thumbprint().to_string(), jkt().to_string());
}

#[test]
fn check_01_there_is_not_more_than_one_proof() {
    let (one, two) = (FORGE.proof(&TOKEN).sign(), FORGE.proof(&TOKEN).sign());
    let both = [one.expose().as_bytes(), two.expose().as_bytes()];
    let targets = targets();
    let request = request(&both, &targets);
    let policy = DpopPolicy::default();
    assert_eq!(
        policy.check(&request, at(NOW)).unwrap_err(),
        DpopError::Repeated
    );
    let none = DpopRequest {
        proofs: &[],
        ..request
    };
    assert_eq!(policy.check(&none, at(NOW)).unwrap_err(), DpopError::Absent);
    // One header that holds two is no JWT.
    let joined = format!("{}, {}", one.expose(), two.expose());
    assert_eq!(
        check_bytes(joined.as_bytes()).unwrap_err(),
        DpopError::Malformed
    );
}

#[test]
fn check_02_it_is_one_well_formed_jwt() {
    let good = FORGE.proof(&TOKEN).sign();
    let good = good.expose();
    let duplicate = format!(
        "{}.{}.AA",
        encode(br#"{"typ":"dpop+jwt","typ":"a"}"#),
        encode(b"{}")
    );
    for bytes in [
        &b""[..],
        b"..",
        b"a.b",
        b"a.b.c.d",
        b"\xff.\xff.\xff",
        format!("{good}=").as_bytes(),
        format!(" {good}").as_bytes(),
        format!("{good}.x").as_bytes(),
        good.replace('.', ",").as_bytes(),
        duplicate.as_bytes(),
    ] {
        assert_eq!(check_bytes(bytes).unwrap_err(), DpopError::Malformed);
    }
    let large = format!("{good}{}", "A".repeat(8192));
    assert_eq!(
        check_bytes(large.as_bytes()).unwrap_err(),
        DpopError::TooLarge
    );
}

#[test]
fn check_03_all_required_claims_are_there_and_of_their_type() {
    for name in ["jti", "htm", "htu", "iat"] {
        let missing = check(|p| p.without_claim(name)).unwrap_err();
        assert_eq!(missing, DpopError::Claim { name });
        for value in [json!(null), json!({}), json!([1]), json!(true), json!("")] {
            let wrong = check(|p| p.claim(name, value.clone())).unwrap_err();
            assert_eq!(wrong, DpopError::Claim { name }, "{name} {value}");
        }
    }
    for name in ["ath", "nonce"] {
        let wrong = check(|p| p.claim(name, 7)).unwrap_err();
        assert_eq!(wrong, DpopError::Claim { name });
    }
    for iat in [json!("1800000000"), json!(1e300), json!(-1e18)] {
        let wrong = check(|p| p.claim("iat", iat.clone())).unwrap_err();
        assert_eq!(wrong, DpopError::Claim { name: "iat" });
    }
}

#[test]
fn check_04_its_typ_is_dpop_jwt() {
    for typ in [
        json!("JWT"),
        json!("at+jwt"),
        json!("dpop"),
        json!(1),
        json!(null),
    ] {
        let other = check(|p| p.header("typ", typ.clone())).unwrap_err();
        assert_eq!(other, DpopError::WrongType, "{typ}");
    }
    let none = check(|p| p.without_header("typ")).unwrap_err();
    assert_eq!(none, DpopError::WrongType);
    assert!(check(|p| p.header("typ", "DPoP+JWT")).is_ok());
    // An access token is no proof, however good.
    let token = check_bytes(TOKEN.expose().as_bytes()).unwrap_err();
    assert_eq!(token, DpopError::WrongType);
}

#[test]
fn check_05_its_algorithm_is_asymmetric_and_allowed() {
    for alg in [
        "none", "None", "nOnE", "NONE", "HS256", "HS512", "es256", "ES256K", "RS512", "",
    ] {
        let other = check(|p| p.header("alg", alg)).unwrap_err();
        assert_eq!(other, DpopError::Algorithm, "{alg}");
    }
    let none = check(|p| p.without_header("alg")).unwrap_err();
    assert_eq!(none, DpopError::Algorithm);
    let only = DpopPolicy::default()
        .with_algorithms([Algorithm::EdDsa])
        .unwrap();
    let proof = FORGE.proof(&TOKEN).sign();
    let refused = DpopProof::read(proof.expose().as_bytes(), &only).unwrap_err();
    assert_eq!(refused, DpopError::Algorithm);
}

#[test]
fn check_05_every_allowed_algorithm_verifies() {
    for algorithm in [Signed::Es256, Signed::Rs256, Signed::EdDsa] {
        let token = FORGE.token().bound_to_client_key(algorithm).sign();
        let proof = FORGE.proof(&token).algorithm(algorithm).sign();
        assert!(DpopProof::read(proof.expose().as_bytes(), &DpopPolicy::default()).is_ok());
    }
    let policy = DpopPolicy::default()
        .with_algorithms([
            Algorithm::Es384,
            Algorithm::Ps256,
            Algorithm::Ps384,
            Algorithm::Ps512,
            Algorithm::Rs384,
            Algorithm::Rs512,
        ])
        .unwrap();
    for algorithm in policy.algorithms() {
        let signer = Signer::new(*algorithm, "client");
        let header = json!({ "typ": "dpop+jwt", "alg": algorithm.as_str(), "jwk": signer.jwk() });
        let claims = json!({ "jti": "p", "htm": "GET", "htu": "https://a.example", "iat": NOW });
        let proof = signer.sign(&header, &claims);
        let read = DpopProof::read(proof.as_bytes(), &policy).unwrap();
        let jwk = signer.jwk().to_string();
        assert_eq!(*read.thumbprint(), Thumbprint::of_jwk(jwk).unwrap());
    }
}

#[test]
fn check_05_no_extension_is_understood() {
    let critical = check(|p| p.header("crit", json!(["exp"]))).unwrap_err();
    assert_eq!(critical, DpopError::Critical);
    let unencoded = check(|p| p.header("b64", false)).unwrap_err();
    assert_eq!(unencoded, DpopError::Critical);
}

#[test]
fn check_06_the_signature_holds_under_its_own_jwk() {
    let other = check(ProofBuilder::signed_by_stranger).unwrap_err();
    assert_eq!(other, DpopError::Signature);
    let proof = FORGE.proof(&TOKEN).sign();
    let (message, _) = proof.expose().rsplit_once('.').unwrap();
    for signature in ["", "AAAA", &"A".repeat(86)] {
        let changed = format!("{message}.{signature}");
        assert_eq!(
            check_bytes(changed.as_bytes()).unwrap_err(),
            DpopError::Signature
        );
    }
    for jwk in [json!(null), json!("x"), json!([])] {
        let none = check(|p| p.header("jwk", jwk.clone())).unwrap_err();
        assert_eq!(none, DpopError::Key(KeyError::NotJwk));
    }
    // A key of another kind than the algorithm, and one that names another algorithm.
    let other_kind = jwk(Signed::EdDsa);
    let mismatch = check(|p| p.header("jwk", other_kind.clone())).unwrap_err();
    assert_eq!(mismatch, DpopError::Key(KeyError::JwkAlgorithm));
    let mut named = jwk(Signed::Es256);
    named["alg"] = json!("ES384");
    let mismatch = check(|p| p.header("jwk", named.clone())).unwrap_err();
    assert_eq!(mismatch, DpopError::Key(KeyError::JwkAlgorithm));
}

#[test]
fn check_06_a_weak_rsa_key_proves_nothing() {
    let mut small = jwk(Signed::Rs256);
    small["n"] = json!(encode(&[0xff; 128]));
    let weak = check(|p| p.algorithm(Signed::Rs256).header("jwk", small.clone()));
    assert_eq!(
        weak.unwrap_err(),
        DpopError::Key(KeyError::RsaSize { bits: 1024 })
    );
}

#[test]
fn check_07_its_jwk_has_no_private_part() {
    for (algorithm, names) in [
        (Signed::Es256, &["d", "k"][..]),
        (Signed::EdDsa, &["d"]),
        (Signed::Rs256, &["d", "p", "q", "dp", "dq", "qi", "oth"]),
    ] {
        for name in names {
            let mut private = jwk(algorithm);
            private[name] = json!("AA");
            let refused = check(|p| p.algorithm(algorithm).header("jwk", private.clone()));
            assert_eq!(refused.unwrap_err(), DpopError::PrivateKey, "{name}");
        }
    }
}

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

#[test]
fn an_error_says_nothing_of_the_proof() {
    for error in [
        check(|p| p.uri("https://secret.example/").id("a-secret")).unwrap_err(),
        check(|p| p.method("secret")).unwrap_err(),
        check(|p| p.claim("jti", json!({ "secret": 1 }))).unwrap_err(),
    ] {
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    let proof = check(|p| p.id("a-secret")).unwrap();
    assert!(!format!("{proof:?}").contains("secret"));
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes: Vec<u8>) {
        prop_assert!(DpopProof::read(&bytes, &DpopPolicy::default()).is_err());
    }

    /// Whatever stands in header and claims of a proof that is well signed otherwise.
    #[test]
    fn any_members_are_judged(header in "\\{[\"a-z:,0-9+{}\\[\\]]{0,60}\\}", claims: Vec<u8>) {
        let proof = format!("{}.{}.AAAA", encode(header.as_bytes()), encode(&claims));
        prop_assert!(DpopProof::read(proof.as_bytes(), &DpopPolicy::default()).is_err());
    }

    /// No single changed byte of a proof leaves it one.
    #[test]
    fn a_changed_byte_breaks_it(at in 0_usize..10_000, to in "[A-Za-z0-9_.-]") {
        let proof = FORGE.proof(&TOKEN).sign();
        let mut changed = proof.expose().as_bytes().to_vec();
        let index = at % changed.len();
        prop_assume!(changed[index] != to.as_bytes()[0]);
        changed[index] = to.as_bytes()[0];
        prop_assert!(check_bytes(&changed).is_err());
    }
}

fn check(
    change: impl FnOnce(ProofBuilder<'static>) -> ProofBuilder<'static>,
) -> Result<DpopProof, DpopError> {
    check_bytes(change(FORGE.proof(&TOKEN)).sign().expose().as_bytes())
}

fn check_bytes(proof: &[u8]) -> Result<DpopProof, DpopError> {
    DpopPolicy::default().check(&request(&[proof], &targets()), at(NOW))
}

fn request<'a>(proofs: &'a [&'a [u8]], targets: &'a [HttpUri]) -> DpopRequest<'a> {
    static JKT: LazyLock<Thumbprint> = LazyLock::new(jkt);
    DpopRequest {
        proofs,
        method: "GET",
        targets,
        token: TOKEN.expose(),
        bound_to: &JKT,
        nonces: None,
    }
}

fn targets() -> Vec<HttpUri> {
    let uris = [FORGE.resource(), "https://second.example/orders/7"];
    uris.map(|uri| HttpUri::parse(uri).unwrap()).to_vec()
}

fn jkt() -> Thumbprint {
    Thumbprint::of_jwk(FORGE.client_jwk()).unwrap()
}

/// The client's `jwk`, as its proofs show it.
fn jwk(algorithm: Signed) -> serde_json::Value {
    let proof = FORGE.proof(&TOKEN).algorithm(algorithm).sign();
    let header = proof.expose().split('.').next().unwrap();
    let header: serde_json::Value =
        serde_json::from_slice(&crate::support::decode(header)).unwrap();
    header["jwk"].clone()
}
