use std::fmt;

use jwtrail_event::SecretToken;
use serde_json::{Value, json};

use crate::body::Body;
use crate::signer::Signer;
use crate::text::{base64url, join};
use crate::{Algorithm, Forge, keys};

/// A DPoP proof (RFC 9449 section 4.2) in the making: a good one, by the key that
/// [`bound_to_client`](crate::TokenBuilder::bound_to_client) binds a token to, until something
/// is changed.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::Forge;
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000))
///     .with_resource("https://orders.example/orders/7");
/// let token = forge.token().bound_to_client().sign();
/// let proof = forge.proof(&token).method("POST").nonce("what the server gave").sign();
/// assert!(proof.expose().starts_with("eyJ"));
/// ```
#[derive(Clone)]
#[must_use = "`sign` makes the proof"]
pub struct ProofBuilder<'f> {
    forge: &'f Forge,
    header: Body,
    claims: Body,
    signer: Signer,
}

impl<'f> ProofBuilder<'f> {
    pub(crate) fn new(forge: &'f Forge, token: &SecretToken) -> Self {
        let claims = json!({
            "jti": forge.next_id(),
            "htm": "GET",
            "htu": forge.resource,
            "iat": forge.now.as_seconds(),
            "ath": keys::sha256(token.expose().as_bytes()),
        });
        Self {
            forge,
            header: Body::of(json!({ "typ": "dpop+jwt" })),
            claims: Body::of(claims),
            signer: Signer::Client(Algorithm::Es256),
        }
        .algorithm(Algorithm::Es256)
    }

    /// The algorithm, signed with the client's key for it; `alg` and `jwk` say so. HS256 has no
    /// `jwk`.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.signer = Signer::Client(algorithm);
        let jwk = keys::client_jwk(algorithm).and_then(|jwk| serde_json::from_str(jwk).ok());
        self.header("alg", algorithm.as_str())
            .header("jwk", jwk.unwrap_or(Value::Null))
    }

    /// `htm`, GET unless said otherwise.
    pub fn method(self, method: &str) -> Self {
        self.claim("htm", method)
    }

    /// `htu`, the forge's resource unless said otherwise.
    pub fn uri(self, uri: &str) -> Self {
        self.claim("htu", uri)
    }

    /// `jti`.
    pub fn id(self, id: &str) -> Self {
        self.claim("jti", id)
    }

    /// `nonce`, as the server gave it.
    pub fn nonce(self, nonce: &str) -> Self {
        self.claim("nonce", nonce)
    }

    /// `iat`, so many seconds after the forge's `now`.
    pub fn issued_in(self, seconds: i64) -> Self {
        let iat = self.forge.now.as_seconds().saturating_add(seconds);
        self.claim("iat", iat)
    }

    /// Any claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.set(name, value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.unset(name);
        self
    }

    /// Any header parameter.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.set(name, value.into());
        self
    }

    /// Leaves a header parameter out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.unset(name);
        self
    }

    /// Signed with another key than the one in `jwk`, which stays as it is.
    pub fn signed_by_stranger(mut self) -> Self {
        if let Signer::Client(algorithm) = self.signer {
            self.signer = Signer::Stranger(algorithm);
        }
        self
    }

    /// A proof by somebody else, who has a key of his own: signature and `jwk` fit each other.
    pub fn by_stranger(mut self) -> Self {
        self.signer = Signer::Stranger(Algorithm::Es256);
        let jwk = serde_json::from_str(keys::stranger_jwk(Algorithm::Es256)).unwrap_or(Value::Null);
        self.header("alg", Algorithm::Es256.as_str())
            .header("jwk", jwk)
    }

    /// The proof.
    #[must_use]
    pub fn sign(self) -> SecretToken {
        let header = base64url(&self.header.into_bytes());
        let payload = base64url(&self.claims.into_bytes());
        let message = format!("{header}.{payload}");
        let signature = self.forge.keys.sign(&self.signer, message.as_bytes());
        join(&header, &payload, &base64url(&signature))
    }
}

impl fmt::Debug for ProofBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofBuilder(..)")
    }
}
