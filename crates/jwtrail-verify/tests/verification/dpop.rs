//! The twelve checks of RFC 9449 section 4.3, a test for each.

mod this_request;

use std::sync::LazyLock;

use jwtrail_event::SecretToken;
use jwtrail_forge::{Algorithm as Signed, Forge, ProofBuilder};
use jwtrail_verify::{
    Algorithm, DpopError, DpopPolicy, DpopProof, DpopRequest, HttpUri, KeyError, Thumbprint,
    UnusableDpopPolicy,
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
    for (length, error) in [(8192, DpopError::Malformed), (8193, DpopError::TooLarge)] {
        let bytes = "A".repeat(length);
        assert_eq!(check_bytes(bytes.as_bytes()).unwrap_err(), error);
    }
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
fn check_05_some_algorithm_is_allowed() {
    let none = DpopPolicy::default().with_algorithms([]).unwrap_err();
    assert_eq!(none, UnusableDpopPolicy::NoAlgorithm);
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
