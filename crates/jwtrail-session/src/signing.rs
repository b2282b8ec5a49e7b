use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_verify::{Algorithm, Key, KeySet};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

/// The key that signs access tokens.
///
/// ```
/// use jwtrail_session::SigningKey;
/// assert!(SigningKey::hs256(b"too short").is_err());
/// assert!(SigningKey::generate_ed25519().is_ok());
/// ```
pub struct SigningKey(Inner);

enum Inner {
    Hs256 {
        secret: Zeroizing<Vec<u8>>,
        key: Box<hmac::Key>,
    },
    Es256(Box<EcdsaKeyPair>),
    EdDsa(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// HMAC-SHA-256 (`HS256`, RFC 7518 section 3.2): who verifies can also sign.
    ///
    /// # Errors
    ///
    /// A secret under 32 bytes.
    pub fn hs256(secret: &[u8]) -> Result<Self, UnusableKey> {
        if secret.len() < MIN_SECRET {
            return Err(UnusableKey::Short {
                length: secret.len(),
            });
        }
        Ok(Self(Inner::Hs256 {
            secret: Zeroizing::new(secret.to_vec()),
            key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)),
        }))
    }

    /// ECDSA on P-256 (`ES256`), from PKCS #8 in DER or PEM.
    ///
    /// # Errors
    ///
    /// What is not such a key.
    pub fn es256_pkcs8(pkcs8: &[u8]) -> Result<Self, UnusableKey> {
        let der = pkcs8_der(pkcs8, "ES256")?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        let pair = pair.map_err(|_| UnusableKey::Pkcs8 { algorithm: "ES256" })?;
        Ok(Self(Inner::Es256(Box::new(pair))))
    }

    /// Ed25519 (`EdDSA`, RFC 8037), from PKCS #8 in DER or PEM.
    ///
    /// # Errors
    ///
    /// What is not such a key.
    pub fn ed25519_pkcs8(pkcs8: &[u8]) -> Result<Self, UnusableKey> {
        let der = pkcs8_der(pkcs8, "EdDSA")?;
        // Without the public half too, as OpenSSL writes it.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        let pair = pair.map_err(|_| UnusableKey::Pkcs8 { algorithm: "EdDSA" })?;
        Ok(Self(Inner::EdDsa(Box::new(pair))))
    }

    /// A new Ed25519 key, for a service whose tokens need not outlive it.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn generate_ed25519() -> Result<Self, UnusableKey> {
        let pair = Ed25519KeyPair::generate().map_err(|_| UnusableKey::Randomness)?;
        Ok(Self(Inner::EdDsa(Box::new(pair))))
    }

    /// The secret of HMAC.
    pub(crate) fn hmac(&self) -> Option<&hmac::Key> {
        match &self.0 {
            Inner::Hs256 { key, .. } => Some(key),
            Inner::Es256(_) | Inner::EdDsa(_) => None,
        }
    }

    /// The `alg` of its tokens.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.0 {
            Inner::Hs256 { .. } => "HS256",
            Inner::Es256(_) => "ES256",
            Inner::EdDsa(_) => "EdDSA",
        }
    }

    /// What verifies its signatures, under this `kid`.
    pub(crate) fn key_set(&self, kid: &str) -> Result<KeySet, UnusableKeySet> {
        if let Inner::Hs256 { secret, .. } = &self.0 {
            let key = Key::hmac(Algorithm::Hs256, secret.as_slice(), Some(kid))?;
            return Ok(KeySet::new(vec![key])?);
        }
        let jwks = self.public_jwks(kid).unwrap_or_default();
        Ok(KeySet::from_jwks(jwks.to_string())?)
    }

    /// The public half as a JWK Set (RFC 7517); an HMAC key has none.
    pub(crate) fn public_jwks(&self, kid: &str) -> Option<serde_json::Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.0 {
            Inner::Hs256 { .. } => return None,
            Inner::Es256(pair) => {
                // Uncompressed: 4, x, y.
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..)?.split_at_checked(32)?;
                serde_json::json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
            }
            Inner::EdDsa(pair) => {
                let x = encode(pair.public_key().as_ref());
                serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
        };
        let members = jwk.as_object_mut()?;
        members.insert("kid".to_owned(), kid.into());
        members.insert("alg".to_owned(), self.algorithm().into());
        members.insert("use".to_owned(), "sig".into());
        Some(serde_json::json!({ "keys": [jwk] }))
    }

    /// The signature as JWS wants it (RFC 7518 section 3.4: fixed length for ECDSA).
    pub(crate) fn sign(&self, message: &[u8]) -> Option<String> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.0 {
            Inner::Hs256 { key, .. } => Some(encode(hmac::sign(key, message).as_ref())),
            Inner::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).ok()?;
                Some(encode(signature.as_ref()))
            }
            Inner::EdDsa(pair) => Some(encode(pair.try_sign(message).ok()?.as_ref())),
        }
    }
}

fn pkcs8_der(bytes: &[u8], algorithm: &'static str) -> Result<Zeroizing<Vec<u8>>, UnusableKey> {
    if !bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
        return Ok(Zeroizing::new(bytes.to_vec()));
    }
    let der = PrivatePkcs8KeyDer::from_pem_slice(bytes);
    let der = der.map_err(|_| UnusableKey::Pkcs8 { algorithm })?;
    Ok(Zeroizing::new(der.secret_pkcs8_der().to_vec()))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ..)", self.algorithm())
    }
}

/// A signing key that was refused.
///
/// ```
/// use jwtrail_session::{SigningKey, UnusableKey};
/// let short = SigningKey::hs256(b"secret").unwrap_err();
/// assert_eq!(short, UnusableKey::Short { length: 6 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableKey {
    /// An HMAC secret is too short.
    #[error("the HMAC secret has {length} bytes, it needs at least 32 random ones")]
    Short {
        /// How many bytes it has.
        length: usize,
    },
    /// Not a private key of this algorithm.
    #[error(
        "not a private key for {algorithm} in PKCS #8, as DER or PEM; `openssl pkcs8 -topk8 \
         -nocrypt` makes it of other forms"
    )]
    Pkcs8 {
        /// The algorithm.
        algorithm: &'static str,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; see that the process may call `getrandom`")]
    Randomness,
}

/// A key whose signatures the verifier would not check.
///
/// ```
/// use jwtrail_session::{UnusableKeySet, UnusableSessions};
///
/// fn is_the_key(error: &UnusableSessions) -> bool {
///     matches!(error, UnusableSessions::Key(UnusableKeySet::Key(_)))
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum UnusableKeySet {
    /// The key.
    Key(#[from] jwtrail_verify::KeyError),
    /// The set of it alone.
    KeySet(#[from] jwtrail_verify::KeySetError),
}

const MIN_SECRET: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_32_bytes_or_more() {
        let length = 31;
        let refused = SigningKey::hs256(&[7; 31]).unwrap_err();
        assert_eq!(refused, UnusableKey::Short { length });
        assert!(SigningKey::hs256(&[7; 32]).is_ok());
        assert!(SigningKey::hs256(&[7; 33]).is_ok());
    }
}
