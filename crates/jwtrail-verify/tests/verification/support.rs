//! Signs tokens, good and bad.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwtrail_event::events::Evidence;
use jwtrail_event::{Reason, Timestamp};
use jwtrail_verify::{
    Algorithm, HasAudience, Key, KeySet, Rejection, Seed, Verified, Verifier, VerifierBuilder,
};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://login.example";
pub(crate) const AUDIENCE: &str = "orders-api";
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// A private key with what a verifier needs of it.
pub(crate) struct Signer {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: &'static str,
    pair: Pair,
}

enum Pair {
    Hmac(Vec<u8>),
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

pub(crate) static HS256: LazyLock<Signer> = LazyLock::new(|| Signer::new(Algorithm::Hs256, "h"));
pub(crate) static ES256: LazyLock<Signer> = LazyLock::new(|| Signer::new(Algorithm::Es256, "e"));

impl Signer {
    pub(crate) fn new(algorithm: Algorithm, kid: &'static str) -> Self {
        let pair = match algorithm {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
                Pair::Hmac(format!("{kid:-<64}").into_bytes())
            }
            Algorithm::Es256 => Pair::Ecdsa(
                EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            ),
            Algorithm::Es384 => Pair::Ecdsa(
                EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
            ),
            Algorithm::EdDsa => Pair::Ed25519(Ed25519KeyPair::generate().unwrap()),
            _ => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        };
        Self {
            algorithm,
            kid,
            pair,
        }
    }

    pub(crate) fn hmac(kid: &'static str, secret: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::Hs256,
            kid,
            pair: Pair::Hmac(secret.to_vec()),
        }
    }

    pub(crate) fn key(&self) -> Key {
        match &self.pair {
            Pair::Hmac(secret) => Key::hmac(self.algorithm, secret, Some(self.kid)).unwrap(),
            _ => Key::public_pem(self.algorithm, self.pem(), Some(self.kid)).unwrap(),
        }
    }

    pub(crate) fn keys(&self) -> KeySet {
        KeySet::new(vec![self.key()]).unwrap()
    }

    pub(crate) fn pem(&self) -> String {
        let der = match &self.pair {
            Pair::Hmac(_) => panic!("a secret has no public key"),
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ecdsa(pair) => pair.public_key().as_der(),
            Pair::Ed25519(pair) => pair.public_key().as_der(),
        };
        let body = STANDARD.encode(der.unwrap().as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    /// The public key as a JWK, for algorithms whose keys are drawn here.
    pub(crate) fn jwk(&self) -> Value {
        match &self.pair {
            Pair::Rsa(pair) => {
                // SEQUENCE, INTEGER: 2048 bits behind a sign byte; INTEGER: 65537.
                let der = pair.public_key().as_ref();
                let (n, e) = (&der[9..9 + 256], &der[der.len() - 3..]);
                json!({ "kty": "RSA", "n": encode(n), "e": encode(e) })
            }
            Pair::Ecdsa(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": crv, "x": encode(x), "y": encode(y) })
            }
            Pair::Ed25519(pair) => {
                let x = encode(pair.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
            Pair::Hmac(_) => panic!("a secret has no public key"),
        }
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm.as_str(), "kid": self.kid, "typ": "at+jwt" })
    }

    /// A token with this header and payload, whatever they are, well signed.
    pub(crate) fn sign(&self, header: impl ToString, payload: impl ToString) -> String {
        self.sign_bytes(
            header.to_string().as_bytes(),
            payload.to_string().as_bytes(),
        )
    }

    pub(crate) fn sign_bytes(&self, header: &[u8], payload: &[u8]) -> String {
        self.sign_text(&format!("{}.{}", encode(header), encode(payload)))
    }

    pub(crate) fn sign_text(&self, signed: &str) -> String {
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", encode(&signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Hmac(secret) => {
                let algorithm = match self.algorithm {
                    Algorithm::Hs256 => hmac::HMAC_SHA256,
                    Algorithm::Hs384 => hmac::HMAC_SHA384,
                    _ => hmac::HMAC_SHA512,
                };
                hmac::sign(&hmac::Key::new(algorithm, secret), message)
                    .as_ref()
                    .to_vec()
            }
            Pair::Rsa(pair) => {
                let padding: &dyn signature::RsaEncoding = match self.algorithm {
                    Algorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
                    Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
                    Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
                    Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
                    Algorithm::Ps384 => &signature::RSA_PSS_SHA384,
                    _ => &signature::RSA_PSS_SHA512,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Pair::Ecdsa(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// The claims of a good token.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "user-7", "jti": "t-1", "client_id": "web",
        "sid": "family-1", "scope": "orders:read orders:write", "iat": NOW - 10, "exp": NOW + 290,
    })
}

/// A good token under the HMAC key.
pub(crate) fn good() -> String {
    HS256.sign(HS256.header(), claims())
}

/// A token that is good but for one claim; `None` takes it out.
pub(crate) fn with_claim(name: &str, value: Option<Value>) -> String {
    HS256.sign(HS256.header(), changed(claims(), name, value))
}

/// A token that is good but for one member of the header.
pub(crate) fn with_header(name: &str, value: Option<Value>) -> String {
    HS256.sign(changed(HS256.header(), name, value), claims())
}

pub(crate) fn changed(mut object: Value, name: &str, value: Option<Value>) -> Value {
    let members = object.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    object
}

/// A verifier of the HMAC key's and the ES256 key's tokens.
pub(crate) fn builder() -> VerifierBuilder<HasAudience> {
    let keys = KeySet::new(vec![HS256.key(), ES256.key()]).unwrap();
    Verifier::builder().issuer(ISSUER, keys).audience(AUDIENCE)
}

pub(crate) fn build(builder: VerifierBuilder<HasAudience>) -> Verifier {
    builder.build(seed()).unwrap()
}

pub(crate) fn seed() -> Seed {
    Seed::new([9; 32])
}

pub(crate) fn verify(token: &str) -> Result<Verified, Box<Rejection>> {
    build(builder()).verify(token, at(NOW))
}

/// The rejection, with its trust: `expired signed`.
pub(crate) fn refusal(token: &str) -> (Reason, Trusted) {
    let rejection = verify(token).unwrap_err();
    (rejection.reason(), trust(&rejection))
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trusted {
    No,
    Signed,
}

pub(crate) fn trust(rejection: &Rejection) -> Trusted {
    match rejection.evidence() {
        Evidence::Unverified { .. } => Trusted::No,
        Evidence::Signed { .. } => Trusted::Signed,
        Evidence::Absent | Evidence::Verified { .. } => panic!("a rejected token's evidence"),
    }
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
