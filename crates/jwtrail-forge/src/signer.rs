use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaEncoding,
    RsaKeyPair,
};
use aws_lc_rs::{error, hmac};

use crate::jws::{Family, Jws};
use crate::{Algorithm, keys};

/// Who signs, and how.
#[derive(Clone)]
pub(crate) enum Signer {
    /// The issuer whom the service trusts.
    Issuer(Algorithm),
    /// The issuer of the token that is the forge's model.
    Model,
    /// Somebody whom nobody trusts.
    Stranger(Algorithm),
    /// The client that tokens are bound to.
    Client(Algorithm),
    /// HMAC under some secret.
    Secret(hmac::Algorithm, Vec<u8>),
    /// Nobody: these bytes stand where the signature should.
    Bytes(Vec<u8>),
}

/// The parsed keys of the issuer, of the stranger and of the client.
pub(crate) struct KeyRing {
    issuer: Pairs,
    stranger: Pairs,
    client: Pairs,
}

impl KeyRing {
    #[expect(
        clippy::expect_used,
        reason = "the keys are part of the crate, and a test parses them"
    )]
    pub(crate) fn new() -> Self {
        let issuer = Pairs::parse(keys::RS256, keys::ES256, keys::EDDSA, keys::HMAC_SECRET);
        let stranger = Pairs::parse(
            keys::STRANGER_RS256,
            keys::STRANGER_ES256,
            keys::STRANGER_EDDSA,
            keys::STRANGER_HMAC_SECRET,
        );
        let client = Pairs::parse(
            keys::CLIENT_RS256,
            keys::CLIENT_ES256,
            keys::CLIENT_EDDSA,
            keys::STRANGER_HMAC_SECRET,
        );
        Self {
            issuer: issuer.expect("embedded keys"),
            stranger: stranger.expect("embedded keys"),
            client: client.expect("embedded keys"),
        }
    }

    pub(crate) fn sign(&self, signer: &Signer, message: &[u8]) -> Vec<u8> {
        match signer {
            Signer::Issuer(algorithm) => self.issuer.sign(*algorithm, message),
            // The builder signs that itself.
            Signer::Model => Vec::new(),
            Signer::Stranger(algorithm) => self.stranger.sign(*algorithm, message),
            Signer::Client(algorithm) => self.client.sign(*algorithm, message),
            Signer::Secret(hash, secret) => tag(&hmac::Key::new(*hash, secret), message),
            Signer::Bytes(bytes) => bytes.clone(),
        }
    }
}

impl KeyRing {
    /// By the stranger's key of the right kind. His curve is P-256, so for another one the
    /// signature has a wrong length as well.
    pub(crate) fn sign_as_stranger(&self, jws: Jws, message: &[u8]) -> Vec<u8> {
        match jws.family() {
            Family::Rsa(encoding) => sign_rsa(&self.stranger.rs256, encoding, message),
            Family::Hmac(hash) => tag(&hmac::Key::new(hash, keys::STRANGER_HMAC_SECRET), message),
            Family::Ec(_) | Family::Ed => self.stranger.sign(jws.nearest(), message),
        }
    }
}

struct Pairs {
    rs256: RsaKeyPair,
    es256: EcdsaKeyPair,
    eddsa: Ed25519KeyPair,
    hs256: hmac::Key,
}

impl Pairs {
    fn parse(
        rs256: &[u8],
        es256: &[u8],
        eddsa: &[u8],
        hs256: &[u8],
    ) -> Result<Self, error::KeyRejected> {
        Ok(Self {
            rs256: RsaKeyPair::from_pkcs8(rs256)?,
            es256: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, es256)?,
            eddsa: Ed25519KeyPair::from_pkcs8_maybe_unchecked(eddsa)?,
            hs256: hmac::Key::new(hmac::HMAC_SHA256, hs256),
        })
    }

    #[expect(
        clippy::expect_used,
        reason = "signing with a parsed key of the right size fails for want of memory only"
    )]
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match algorithm {
            Algorithm::Hs256 => tag(&self.hs256, message),
            Algorithm::Rs256 => sign_rsa(&self.rs256, &RSA_PKCS1_SHA256, message),
            Algorithm::Es256 => {
                let signature = self.es256.sign(&random, message);
                signature.expect("an ECDSA signature").as_ref().to_vec()
            }
            Algorithm::EdDsa => self.eddsa.sign(message).as_ref().to_vec(),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "signing with a parsed key of the right size fails for want of memory only"
)]
fn sign_rsa(pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature)
        .expect("an RSA signature");
    signature
}

fn tag(key: &hmac::Key, message: &[u8]) -> Vec<u8> {
    hmac::sign(key, message).as_ref().to_vec()
}
