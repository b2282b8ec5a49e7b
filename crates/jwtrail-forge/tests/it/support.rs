//! A signature check of the tests' own, so that the catalogue is not judged by itself.
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_forge::{Algorithm, Forge};
use serde_json::Value;

/// Whether the signature holds under the issuer's key that the header names.
pub(crate) fn holds(forge: &Forge, token: &str) -> bool {
    let Some((message, signature)) = token.rsplit_once('.') else {
        return false;
    };
    let Some(header) = message.split('.').next().and_then(json) else {
        return false;
    };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
        return false;
    };
    let Some(algorithm) = Algorithm::ALL
        .iter()
        .copied()
        .find(|a| header["alg"] == a.as_str() && header["kid"] == a.kid())
    else {
        return false;
    };
    let message = message.as_bytes();
    let Some(jwk) = forge.public_jwk(algorithm) else {
        let key = hmac::Key::new(hmac::HMAC_SHA256, forge.hmac_secret());
        return hmac::verify(&key, message, &signature).is_ok();
    };
    let jwk: Value = serde_json::from_str(jwk).unwrap();
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    match algorithm {
        Algorithm::Rs256 => RsaPublicKeyComponents {
            n: part("n"),
            e: part("e"),
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature)
        .is_ok(),
        Algorithm::Es256 => {
            let point = [vec![4], part("x"), part("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &signature)
                .is_ok()
        }
        _ => UnparsedPublicKey::new(&ED25519, part("x"))
            .verify(message, &signature)
            .is_ok(),
    }
}

/// The JSON of a segment.
pub(crate) fn json(segment: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}

/// The bytes of a segment.
pub(crate) fn bytes(segment: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(segment).unwrap()
}
