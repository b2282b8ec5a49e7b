mod published;
mod roca;
mod rsa;

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;

use crate::Algorithm;

/// A key to verify with, parsed once and bound to one algorithm.
///
/// ```
/// use jwtrail_verify::{Algorithm, Key, KeyError};
/// let key = Key::hmac(Algorithm::Hs256, [7; 32], Some("k1")).unwrap();
/// assert_eq!(key.algorithm(), Algorithm::Hs256);
/// let short = Key::hmac(Algorithm::Hs256, "secret", None);
/// assert!(matches!(short, Err(KeyError::PublishedSecret)));
/// ```
pub struct Key {
    algorithm: Algorithm,
    kid: Option<Box<str>>,
    material: Material,
    /// The secret is all zero bytes: a buffer that nobody filled.
    unfilled: bool,
}

enum Material {
    Secret(Box<hmac::Key>),
    Public(Box<ParsedPublicKey>),
}

impl Key {
    /// An HMAC secret.
    ///
    /// A key without a `kid` serves tokens without one. In a set in which no key of its algorithm
    /// has a `kid` it serves every token of that algorithm, whatever its `kid`.
    ///
    /// # Errors
    /// When the algorithm is not an HMAC, when the secret has fewer bytes than the algorithm's
    /// hash (RFC 7518 section 3.2), or when it was published as somebody's example.
    pub fn hmac(
        algorithm: Algorithm,
        secret: impl AsRef<[u8]>,
        kid: Option<&str>,
    ) -> Result<Self, KeyError> {
        let secret = secret.as_ref();
        let Some(hmac) = algorithm.hmac() else {
            return Err(KeyError::WrongKind { algorithm });
        };
        if published::contains(secret) {
            return Err(KeyError::PublishedSecret);
        }
        let least = hmac.digest_algorithm().output_len();
        if secret.len() < least {
            return Err(KeyError::ShortSecret {
                algorithm,
                length: secret.len(),
                least,
            });
        }
        let material = Material::Secret(Box::new(hmac::Key::new(hmac, secret)));
        let mut key = Self::new(algorithm, kid, material)?;
        key.unfilled = secret.iter().all(|byte| *byte == 0);
        Ok(key)
    }

    /// A public key as PEM: one block `PUBLIC KEY` (a `SubjectPublicKeyInfo`, RFC 5280).
    ///
    /// # Errors
    /// When the algorithm is an HMAC, when there is no such block, or when the key is not one
    /// for the algorithm, or a weak one.
    pub fn public_pem(
        algorithm: Algorithm,
        pem: impl AsRef<[u8]>,
        kid: Option<&str>,
    ) -> Result<Self, KeyError> {
        let spki = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_ref())
            .map_err(|_| KeyError::NotPublicPem)?;
        if algorithm.rsa().is_some() {
            let components = rsa::components(&spki).ok_or(KeyError::Unusable { algorithm })?;
            return Self::rsa(algorithm, components.n, components.e, kid);
        }
        Self::public(algorithm, &spki, kid)
    }

    /// One JSON Web Key (RFC 7517), secret or public.
    ///
    /// `use` and `key_ops` must allow verifying. `alg` binds the key; where it is absent, an RSA
    /// key is bound to `RS256` and an elliptic-curve key to its curve's algorithm. A secret must
    /// name its `alg`. Private parameters are refused: a verifier has no business with them.
    ///
    /// # Errors
    /// When it is not such a key, or a weak one.
    pub fn from_jwk(json: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let members = crate::json::object(json.as_ref()).ok_or(KeyError::NotJwk)?;
        crate::jwk::parse(&members)
    }

    /// The one algorithm that this key verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it is a secret of zero bytes only. A published test vector may be signed with
    /// one; no verifier is built on it.
    pub(crate) const fn is_unfilled(&self) -> bool {
        self.unfilled
    }

    pub(crate) fn rsa(
        algorithm: Algorithm,
        n: &[u8],
        e: &[u8],
        kid: Option<&str>,
    ) -> Result<Self, KeyError> {
        let parameters = algorithm.rsa().ok_or(KeyError::WrongKind { algorithm })?;
        rsa::check(n, e)?;
        let parsed = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(parameters)
            .map_err(|_| KeyError::Unusable { algorithm })?;
        Self::new(algorithm, kid, Material::Public(Box::new(parsed)))
    }

    /// A key that is not RSA, as a point or as a `SubjectPublicKeyInfo`.
    pub(crate) fn public(
        algorithm: Algorithm,
        bytes: &[u8],
        kid: Option<&str>,
    ) -> Result<Self, KeyError> {
        let verification = algorithm
            .verification()
            .ok_or(KeyError::WrongKind { algorithm })?;
        let parsed = ParsedPublicKey::new(verification, bytes)
            .map_err(|_| KeyError::Unusable { algorithm })?;
        Self::new(algorithm, kid, Material::Public(Box::new(parsed)))
    }

    fn new(algorithm: Algorithm, kid: Option<&str>, material: Material) -> Result<Self, KeyError> {
        if let Some(kid) = kid
            && (kid.is_empty() || kid.len() > MAX_KID)
        {
            return Err(KeyError::Kid { length: kid.len() });
        }
        Ok(Self {
            algorithm,
            kid: kid.map(Box::from),
            material,
            unfilled: false,
        })
    }

    /// Whether both are the same public key under the same name. Secrets are not compared.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let (Material::Public(own), Material::Public(theirs)) = (&self.material, &other.material)
        else {
            return false;
        };
        self.kid == other.kid
            && self.algorithm == other.algorithm
            && own.as_ref().as_ref() == theirs.as_ref().as_ref()
    }

    pub(crate) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Secret(key) => hmac::verify(key, message, signature).is_ok(),
            Material::Public(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Why a key was refused.
///
/// ```
/// use jwtrail_verify::{Algorithm, Key, KeyError};
/// let short = Key::hmac(Algorithm::Hs256, b"only 19 bytes of it", None).unwrap_err();
/// assert!(matches!(short, KeyError::ShortSecret { length: 19, least: 32, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm is for another kind of key.
    #[error("{algorithm} is not an algorithm for this kind of key; name the one it was made for")]
    WrongKind {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
    },
    /// The HMAC secret is too short.
    #[error("the secret for {algorithm} has {length} bytes, it needs at least {least} random ones")]
    ShortSecret {
        /// The algorithm.
        algorithm: Algorithm,
        /// The secret's bytes.
        length: usize,
        /// The least that RFC 7518 section 3.2 allows.
        least: usize,
    },
    /// The HMAC secret is empty or stands in public examples.
    #[error("the secret is a published default that attackers try first; draw 32 random bytes")]
    PublishedSecret,
    /// The id is empty or too long.
    #[error("the key's `kid` has {length} bytes, it needs 1 to 256")]
    Kid {
        /// The id's bytes.
        length: usize,
    },
    /// There is no PEM block of a public key.
    #[error(
        "no PEM block `PUBLIC KEY`; a certificate or private key is not taken, \
         `openssl pkey -pubout` makes one of a private key"
    )]
    NotPublicPem,
    /// The JSON is not one object without duplicate members.
    #[error("the JSON Web Key is not a JSON object without duplicate members (RFC 7517 section 4)")]
    NotJwk,
    /// The JWK has no, or a wrong, member.
    #[error("the JSON Web Key's `{member}` is absent or not as RFC 7518 has it")]
    Jwk {
        /// The member.
        member: &'static str,
    },
    /// The JWK is for something else than verifying.
    #[error("the JSON Web Key's `{member}` does not allow verifying signatures")]
    NotForVerifying {
        /// The member that says so: `use` or `key_ops`.
        member: &'static str,
    },
    /// The JWK's `alg` is none that is verified, or not one for this key.
    #[error("the JSON Web Key's `alg` is not one that is verified with such a key")]
    JwkAlgorithm,
    /// The JWK brings its private part.
    #[error(
        "the JSON Web Key brings its private part; replace the key and publish the public part only"
    )]
    Private,
    /// A secret in a set of public keys.
    #[error("a symmetric key in a set of public keys; a secret that was published is none")]
    PublishedSymmetric,
    /// Another key of the set has the same id and algorithm.
    #[error("another key of the set has the same `kid` (or none) and algorithm; give each its own")]
    Ambiguous,
    /// The RSA modulus is too short or too long.
    #[error("the RSA modulus has {bits} bits, it needs 2048 to 8192; make a new key")]
    RsaSize {
        /// The modulus's bits.
        bits: usize,
    },
    /// The RSA exponent is even, 1, or too long.
    #[error("the RSA exponent must be odd, from 3 to 33 bits long; make a key with 65537")]
    RsaExponent,
    /// The RSA key is of the kind of CVE-2017-15361.
    #[error("the RSA key can be factored (ROCA, CVE-2017-15361); replace it")]
    Roca,
    /// The bytes are no such key.
    #[error("the bytes are not a public key for {algorithm}; check the algorithm and the key")]
    Unusable {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
    },
}

/// The longest `kid`, in bytes.
pub(crate) const MAX_KID: usize = 256;
