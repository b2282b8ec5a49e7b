use std::fmt;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use serde_json::Value;

use crate::PublicKey;
use crate::jws::{Family, Jws};
use crate::text::{from_base64url, pem_body};

/// A key that the service under test trusts, given by whoever tests it.
///
/// ```
/// use jwtrail_forge::SigningKey;
///
/// let key = SigningKey::read(b"a secret of at least 32 bytes, not this one", "HS256").unwrap();
/// assert_eq!(format!("{key:?}"), "SigningKey(..)");
/// assert!(SigningKey::read(b"a secret", "ES256").is_err());
/// ```
pub struct SigningKey {
    pair: Pair,
    algorithm: Jws,
}

enum Pair {
    Hmac(Box<hmac::Key>),
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
    Ed(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// Reads a private key in PEM (PKCS #8, PKCS #1 or SEC 1), a private JWK, or the bytes of an
    /// HMAC secret, for an algorithm of RFC 7518 section 3.1 such as `RS256`.
    ///
    /// # Errors
    ///
    /// When there is no such algorithm, or the bytes are no key for it.
    pub fn read(bytes: &[u8], algorithm: &str) -> Result<Self, UnusableSigningKey> {
        let algorithm = Jws::named(algorithm).ok_or(UnusableSigningKey::UnknownAlgorithm)?;
        let pair = match std::str::from_utf8(bytes).map(str::trim_start) {
            Ok(text) if text.starts_with("-----BEGIN ") => from_pem(text, algorithm),
            Ok(text) if text.starts_with('{') => from_jwk(text, algorithm),
            _ => match algorithm.family() {
                Family::Hmac(hash) => Some(Pair::Hmac(Box::new(hmac::Key::new(hash, bytes)))),
                _ => None,
            },
        };
        let pair = pair.ok_or(UnusableSigningKey::NotAKeyForIt)?;
        Ok(Self { pair, algorithm })
    }

    /// The public half; none for an HMAC secret.
    #[must_use]
    pub fn public_key(&self) -> Option<PublicKey> {
        let der = match &self.pair {
            Pair::Hmac(_) => return None,
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ec(pair) => pair.public_key().as_der(),
            Pair::Ed(pair) => pair.public_key().as_der(),
        };
        der.ok().map(|der| PublicKey::from_der(der.as_ref()))
    }

    /// Nothing where signing fails, which it does for want of memory only.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match (&self.pair, self.algorithm.family()) {
            (Pair::Hmac(key), _) => hmac::sign(key, message).as_ref().to_vec(),
            (Pair::Rsa(pair), Family::Rsa(encoding)) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                match pair.sign(encoding, &random, message, &mut signature) {
                    Ok(()) => signature,
                    Err(_) => Vec::new(),
                }
            }
            (Pair::Ec(pair), _) => match pair.sign(&random, message) {
                Ok(signature) => signature.as_ref().to_vec(),
                Err(_) => Vec::new(),
            },
            (Pair::Ed(pair), _) => pair.sign(message).as_ref().to_vec(),
            (Pair::Rsa(_), _) => Vec::new(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Bytes that sign nothing.
///
/// ```
/// use jwtrail_forge::{SigningKey, UnusableSigningKey};
/// let unknown = SigningKey::read(b"secret", "XS256");
/// assert_eq!(unknown.err(), Some(UnusableSigningKey::UnknownAlgorithm));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableSigningKey {
    /// Nobody knows the algorithm.
    #[error("the token's `alg` is no signature algorithm of RFC 7518")]
    UnknownAlgorithm,
    /// The bytes are no key, or one for another algorithm.
    #[error("this is no private key in PEM, no private JWK and no secret for the token's `alg`")]
    NotAKeyForIt,
}

fn from_pem(text: &str, algorithm: Jws) -> Option<Pair> {
    let der = pem_body(text);
    match algorithm.family() {
        Family::Hmac(_) => None,
        Family::Rsa(_) => RsaKeyPair::from_pkcs8(&der)
            .or_else(|_| RsaKeyPair::from_der(&der))
            .ok()
            .map(|pair| Pair::Rsa(Box::new(pair))),
        Family::Ec(curve) => EcdsaKeyPair::from_private_key_der(curve, &der)
            .ok()
            .map(|pair| Pair::Ec(Box::new(pair))),
        Family::Ed => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .ok()
            .map(|pair| Pair::Ed(Box::new(pair))),
    }
}

/// RFC 7518 section 6, RFC 8037 section 2.
fn from_jwk(text: &str, algorithm: Jws) -> Option<Pair> {
    let jwk: Value = serde_json::from_str(text).ok()?;
    let part = |name: &str| from_base64url(jwk.get(name)?.as_str()?);
    match algorithm.family() {
        Family::Hmac(hash) => {
            let key = hmac::Key::new(hash, &part("k")?);
            Some(Pair::Hmac(Box::new(key)))
        }
        Family::Rsa(_) => {
            let components = KeyPairComponents {
                public_key: PublicKeyComponents {
                    n: part("n")?,
                    e: part("e")?,
                },
                d: part("d")?,
                p: part("p")?,
                q: part("q")?,
                dP: part("dp")?,
                dQ: part("dq")?,
                qInv: part("qi")?,
            };
            let pair = RsaKeyPair::from_components(&components).ok()?;
            Some(Pair::Rsa(Box::new(pair)))
        }
        Family::Ec(curve) => {
            let point = [vec![4], part("x")?, part("y")?].concat();
            let pair = EcdsaKeyPair::from_private_key_and_public_key(curve, &part("d")?, &point);
            pair.ok().map(|pair| Pair::Ec(Box::new(pair)))
        }
        Family::Ed => Ed25519KeyPair::from_seed_and_public_key(&part("d")?, &part("x")?)
            .ok()
            .map(|pair| Pair::Ed(Box::new(pair))),
    }
}
