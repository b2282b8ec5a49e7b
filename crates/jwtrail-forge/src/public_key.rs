mod spki;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use serde_json::{Value, json};

use self::spki::Parts;
use crate::text::{base64_standard, base64url, from_base64url, pem_body};

/// The issuer's public key in the forms in which it is published: what SIG-05 takes for a secret.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Algorithm, Forge, PublicKey};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
/// let pem = forge.public_pem(Algorithm::Es256).unwrap();
/// assert!(PublicKey::from_pem(pem).is_some());
/// assert!(PublicKey::from_pem("-----BEGIN CERTIFICATE-----").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pem: String,
    der: Vec<u8>,
    jwk: Option<String>,
}

impl PublicKey {
    /// From PEM (`SubjectPublicKeyInfo`), kept as it is written.
    #[must_use]
    pub fn from_pem(text: &str) -> Option<Self> {
        let der = pem_body(text);
        let is_key = text.trim_start().starts_with("-----BEGIN PUBLIC KEY-----");
        (is_key && !der.is_empty()).then(|| Self {
            pem: text.to_owned(),
            der,
            jwk: None,
        })
    }

    /// From a public JWK (RFC 7517).
    #[must_use]
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let part = |name: &str| from_base64url(jwk.get(name)?.as_str()?);
        let der = match jwk.get("kty")?.as_str()? {
            "RSA" => {
                let (n, e) = (part("n")?, part("e")?);
                PublicKeyComponents { n, e }
                    .as_der()
                    .ok()?
                    .as_ref()
                    .to_vec()
            }
            "EC" => {
                let point = [vec![4], part("x")?, part("y")?].concat();
                let curve = curve(jwk.get("crv")?.as_str()?)?;
                let key = ParsedPublicKey::new(curve, point).ok()?;
                key.as_der().ok()?.as_ref().to_vec()
            }
            "OKP" => {
                let key = ParsedPublicKey::new(&ED25519, part("x")?).ok()?;
                key.as_der().ok()?.as_ref().to_vec()
            }
            _ => return None,
        };
        let mut key = Self::from_der(&der);
        key.jwk = Some(jwk.to_string());
        Some(key)
    }

    /// The key as a JWK without `kid`, `alg` and `use` (RFC 7518 section 6, RFC 8037 section 2);
    /// none where it is of no kind that signs tokens.
    ///
    /// ```
    /// use jwtrail_event::Timestamp;
    /// use jwtrail_forge::{Algorithm, Forge, PublicKey};
    ///
    /// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
    /// let key = PublicKey::from_pem(forge.public_pem(Algorithm::EdDsa).unwrap()).unwrap();
    /// assert_eq!(key.to_jwk().unwrap()["crv"], "Ed25519");
    /// ```
    #[must_use]
    pub fn to_jwk(&self) -> Option<Value> {
        Some(match spki::parts(&self.der)? {
            Parts::Rsa { n, e } => json!({ "kty": "RSA", "n": base64url(n), "e": base64url(e) }),
            Parts::Ec { curve, x, y } => json!({
                "kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y),
            }),
            Parts::Ed25519 { x } => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(x) })
            }
        })
    }

    pub(crate) fn from_der(der: &[u8]) -> Self {
        let text = base64_standard(der);
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in text.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Self {
            pem,
            der: der.to_vec(),
            jwk: None,
        }
    }

    pub(crate) fn with_jwk(mut self, jwk: &str) -> Self {
        self.jwk = Some(jwk.split_whitespace().collect());
        self
    }

    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn jwk(&self) -> Option<&str> {
        self.jwk.as_deref()
    }
}

fn curve(name: &str) -> Option<&'static EcdsaVerificationAlgorithm> {
    match name {
        "P-256" => Some(&ECDSA_P256_SHA256_FIXED),
        "P-384" => Some(&ECDSA_P384_SHA384_FIXED),
        "P-521" => Some(&ECDSA_P521_SHA512_FIXED),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, keys};

    #[test]
    fn the_key_of_a_pem_is_the_published_one() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
            let key = PublicKey::from_pem(keys::public_pem(algorithm).unwrap()).unwrap();
            let jwk = key.to_jwk().unwrap();
            let published: Value =
                serde_json::from_str(keys::public_jwk(algorithm).unwrap()).unwrap();
            for (name, value) in jwk.as_object().unwrap() {
                assert_eq!(Some(value), published.get(name), "{algorithm:?} {name}");
            }
            assert_eq!(PublicKey::from_jwk(&jwk).unwrap().der(), key.der());
        }
    }

    #[test]
    fn what_is_no_key_has_no_form() {
        let good = PublicKey::from_pem(keys::public_pem(Algorithm::Rs256).unwrap()).unwrap();
        for length in 0..good.der.len() {
            let cut = PublicKey::from_der(good.der.get(..length).unwrap());
            assert_eq!(cut.to_jwk(), None, "{length}");
        }
    }
}
