use crate::{Algorithm, Forge, PublicKey, Unforgeable, keys};

impl Forge {
    /// The issuer's public keys (RS256, ES256, EdDSA) as a JWK set (RFC 7517 section 5).
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys = Algorithm::ALL.iter().copied().filter_map(keys::public_jwk);
        format!("{{\"keys\":[{}]}}", keys.collect::<Vec<_>>().join(","))
    }

    /// The issuer's public key as PEM (`SubjectPublicKeyInfo`); none for HS256.
    #[must_use]
    pub fn public_pem(&self, algorithm: Algorithm) -> Option<&'static str> {
        keys::public_pem(algorithm)
    }

    /// The issuer's public key as a JWK; none for HS256.
    #[must_use]
    pub fn public_jwk(&self, algorithm: Algorithm) -> Option<&'static str> {
        keys::public_jwk(algorithm)
    }

    /// The issuer's HMAC secret, for [`Precondition::Hmac`](crate::Precondition::Hmac); its
    /// `kid` is [`Algorithm::kid`].
    #[must_use]
    pub fn hmac_secret(&self) -> &'static [u8] {
        keys::HMAC_SECRET
    }

    /// The public key for ES256 of the client that bound tokens are bound to, as a JWK.
    #[must_use]
    pub fn client_jwk(&self) -> &'static str {
        keys::client_jwk(Algorithm::Es256).unwrap_or_default()
    }

    /// The client's certificate, as DER.
    #[must_use]
    pub fn client_certificate(&self) -> &'static [u8] {
        keys::CLIENT_CERTIFICATE
    }

    /// The certificate's private key, as PKCS #8.
    #[must_use]
    pub fn client_certificate_key(&self) -> &'static [u8] {
        keys::CLIENT_ES256
    }

    /// The certificate's SHA-256 in base64url: `x5t#S256` (RFC 8705 section 3.1).
    #[must_use]
    pub fn client_certificate_thumbprint(&self) -> String {
        keys::sha256(keys::CLIENT_CERTIFICATE)
    }

    /// Somebody else's certificate, as DER.
    #[must_use]
    pub fn stranger_certificate(&self) -> &'static [u8] {
        keys::STRANGER_CERTIFICATE
    }

    /// Its private key, as PKCS #8.
    #[must_use]
    pub fn stranger_certificate_key(&self) -> &'static [u8] {
        keys::STRANGER_ES256
    }

    /// The public key for an algorithm: PEM, DER and JWK, as far as they are known.
    pub(crate) fn published(&self, algorithm: Algorithm) -> Option<PublicKey> {
        let Some(model) = &self.model else {
            let pem = keys::public_pem(algorithm)?;
            let jwk = keys::public_jwk(algorithm)?;
            return PublicKey::from_pem(pem).map(|key| key.with_jwk(jwk));
        };
        if model.jws().map(crate::jws::Jws::nearest) != Some(algorithm) {
            self.hinder(Unforgeable::OtherAlgorithm);
        } else if model.public_key.is_none() {
            self.hinder(Unforgeable::NeedsPublicKey);
        }
        model.public_key.clone()
    }
}
