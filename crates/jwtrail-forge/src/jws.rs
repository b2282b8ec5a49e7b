use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};

use crate::Algorithm;

/// Every signature algorithm of RFC 7518 section 3.1 and RFC 8037 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jws {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

/// What a key of it is.
#[derive(Clone, Copy)]
pub(crate) enum Family {
    Hmac(hmac::Algorithm),
    Rsa(&'static dyn RsaEncoding),
    Ec(&'static EcdsaSigningAlgorithm),
    Ed,
}

impl Jws {
    const ALL: [(&'static str, Self); 13] = [
        ("HS256", Self::Hs256),
        ("HS384", Self::Hs384),
        ("HS512", Self::Hs512),
        ("RS256", Self::Rs256),
        ("RS384", Self::Rs384),
        ("RS512", Self::Rs512),
        ("PS256", Self::Ps256),
        ("PS384", Self::Ps384),
        ("PS512", Self::Ps512),
        ("ES256", Self::Es256),
        ("ES384", Self::Es384),
        ("ES512", Self::Es512),
        ("EdDSA", Self::EdDsa),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(known, _)| *known == name).map(|(_, jws)| jws)
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::Hs256 => Family::Hmac(hmac::HMAC_SHA256),
            Self::Hs384 => Family::Hmac(hmac::HMAC_SHA384),
            Self::Hs512 => Family::Hmac(hmac::HMAC_SHA512),
            Self::Rs256 => Family::Rsa(&RSA_PKCS1_SHA256),
            Self::Rs384 => Family::Rsa(&RSA_PKCS1_SHA384),
            Self::Rs512 => Family::Rsa(&RSA_PKCS1_SHA512),
            Self::Ps256 => Family::Rsa(&RSA_PSS_SHA256),
            Self::Ps384 => Family::Rsa(&RSA_PSS_SHA384),
            Self::Ps512 => Family::Rsa(&RSA_PSS_SHA512),
            Self::Es256 => Family::Ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Self::Es384 => Family::Ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Self::Es512 => Family::Ec(&ECDSA_P521_SHA512_FIXED_SIGNING),
            Self::EdDsa => Family::Ed,
        }
    }

    /// The forge's own algorithm with the same kind of key.
    pub(crate) fn nearest(self) -> Algorithm {
        match self.family() {
            Family::Hmac(_) => Algorithm::Hs256,
            Family::Rsa(_) => Algorithm::Rs256,
            Family::Ec(_) => Algorithm::Es256,
            Family::Ed => Algorithm::EdDsa,
        }
    }
}
