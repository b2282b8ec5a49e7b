//! Header and claims of a DPoP proof, on a line each, under a signature that holds; `JWK` stands
//! for the key.
#![no_main]

use std::sync::OnceLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_fuzz::now;
use jwtrail_verify::{DpopPolicy, DpopProof, DpopRequest, HttpUri, Thumbprint};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|text: &str| {
    let (header, claims) = text.split_once('\n').unwrap_or((text, ""));
    let header = header.replace("JWK", jwk());
    // Whatever it is, also without a signature.
    let policy = DpopPolicy::default();
    assert!(DpopProof::read(header.as_bytes(), &policy).is_err());

    let proof = signed(&header, claims);
    let Ok(read) = DpopProof::read(proof.as_bytes(), &policy) else {
        return;
    };
    let header: Map<String, Value> = serde_json::from_str(&header).expect("read: JSON");
    let typ = header["typ"].as_str().expect("a type");
    assert!(typ.eq_ignore_ascii_case("dpop+jwt"));
    assert_eq!(header["alg"], "EdDSA");
    assert!(!header.contains_key("crit"));
    for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert!(header["jwk"].get(private).is_none(), "{private}");
    }
    assert_eq!(*read.thumbprint(), Thumbprint::of_jwk(jwk()).expect("ours"));
    let claims: Map<String, Value> = serde_json::from_str(claims).expect("read: JSON");
    assert_eq!(claims["jti"], read.jti());
    assert_eq!(claims["htm"], read.htm());
    judge_uri(read.htu());

    let target = HttpUri::parse("https://a.example/x").expect("a URI");
    let request = DpopRequest {
        proofs: &[proof.as_bytes()],
        method: "GET",
        targets: std::slice::from_ref(&target),
        token: "token",
        bound_to: read.thumbprint(),
        nonces: None,
    };
    if policy.check(&request, now()).is_ok() {
        assert_eq!(claims["htm"], "GET");
        assert_eq!(claims["ath"], ATH);
        assert_eq!(HttpUri::parse(read.htu()), Ok(target));
        let iat = claims["iat"].as_f64().expect("a number");
        assert!((iat - jwtrail_fuzz::NOW as f64).abs() < 61.0);
    }
});

/// A normal form is its own, and is nothing but scheme, authority and path.
fn judge_uri(text: &str) {
    let Ok(uri) = HttpUri::parse(text) else {
        return;
    };
    assert_eq!(HttpUri::parse(uri.as_str()), Ok(uri.clone()));
    assert!(!uri.as_str().contains(['?', '#', ' ']));
    let mut parts = uri.as_str().split('/').skip(2);
    assert!(!parts.next().expect("an authority").contains('@'));
    assert!(parts.all(|part| part != "." && part != ".."));
}

fn signed(header: &str, claims: &str) -> String {
    let mut proof = URL_SAFE_NO_PAD.encode(header);
    proof.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut proof);
    let signature = pair().sign(proof.as_bytes());
    proof.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut proof);
    proof
}

fn pair() -> &'static Ed25519KeyPair {
    static PAIR: OnceLock<Ed25519KeyPair> = OnceLock::new();
    PAIR.get_or_init(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a pair"))
}

fn jwk() -> &'static str {
    static JWK: OnceLock<String> = OnceLock::new();
    JWK.get_or_init(|| {
        let x = URL_SAFE_NO_PAD.encode(pair().public_key());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
    })
}

/// The SHA-256 of `token` in base64url.
const ATH: &str = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A";
