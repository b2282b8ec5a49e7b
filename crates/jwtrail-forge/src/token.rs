use std::fmt;

use jwtrail_event::SecretToken;
use serde_json::{Map, Value, json};

use crate::signer::Signer;
use crate::text::{base64url, join};
use crate::{Algorithm, Forge};

/// A token in the making: a good one until something is changed.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Algorithm, Forge};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
/// let expired = forge
///     .token()
///     .algorithm(Algorithm::EdDsa)
///     .claim("tenant", "north")
///     .expires_in(-3600)
///     .sign();
/// assert!(expired.expose().starts_with("eyJ"));
/// ```
#[derive(Clone)]
#[must_use = "`sign` makes the token"]
pub struct TokenBuilder<'f> {
    forge: &'f Forge,
    header: Body,
    claims: Body,
    signer: Signer,
}

impl<'f> TokenBuilder<'f> {
    pub(crate) fn new(forge: &'f Forge) -> Self {
        let now = forge.now.as_seconds();
        let claims = json!({
            "iss": forge.issuer,
            "aud": forge.audience,
            "sub": forge.subject,
            "client_id": forge.client_id,
            "scope": forge.scope,
            "jti": forge.next_id(),
            "iat": now,
            "exp": now + LIFETIME,
        });
        Self {
            forge,
            header: Body::of(json!({ "typ": "at+jwt" })),
            claims: Body::of(claims),
            signer: Signer::Issuer(forge.algorithm),
        }
        .algorithm(forge.algorithm)
    }

    /// The algorithm, signed with the issuer's key for it, and named so in `alg` and `kid`.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.signer = Signer::Issuer(algorithm);
        self.header("alg", algorithm.as_str())
            .header("kid", algorithm.kid())
    }

    /// `sub`.
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// `scope`, space-separated.
    pub fn scope(self, scope: &str) -> Self {
        self.claim("scope", scope)
    }

    /// `aud`, one audience.
    pub fn audience(self, audience: &str) -> Self {
        self.claim("aud", audience)
    }

    /// `iss`.
    pub fn issuer(self, issuer: &str) -> Self {
        self.claim("iss", issuer)
    }

    /// `jti`.
    pub fn id(self, id: &str) -> Self {
        self.claim("jti", id)
    }

    /// `exp`, so many seconds after the forge's `now`; negative for an expired token.
    pub fn expires_in(self, seconds: i64) -> Self {
        let exp = self.forge.now.as_seconds().saturating_add(seconds);
        self.claim("exp", exp)
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

    /// Signed by somebody whom the service does not trust; the header stays as it is.
    pub fn signed_by_stranger(mut self) -> Self {
        if let Signer::Issuer(algorithm) = self.signer {
            self.signer = Signer::Stranger(algorithm);
        }
        self
    }

    /// Signed with HMAC-SHA-256 under this secret, `alg` saying so; `kid` stays as it is.
    pub fn signed_with_secret(mut self, secret: &[u8]) -> Self {
        self.signer = Signer::Secret(secret.to_vec());
        self.header("alg", Algorithm::Hs256.as_str())
    }

    /// The token.
    #[must_use]
    pub fn sign(self) -> SecretToken {
        let header = base64url(&self.header.into_bytes());
        let payload = base64url(&self.claims.into_bytes());
        let message = format!("{header}.{payload}");
        let signature = self.forge.keys.sign(&self.signer, message.as_bytes());
        join(&header, &payload, &base64url(&signature))
    }

    /// Bytes instead of a JSON object as the header.
    pub(crate) fn raw_header(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.header = Body::Raw(bytes.into());
        self
    }

    /// Bytes instead of a JSON object as the payload.
    pub(crate) fn raw_payload(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.claims = Body::Raw(bytes.into());
        self
    }

    /// Bytes instead of a signature.
    pub(crate) fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signer = Signer::Bytes(bytes.into());
        self
    }

    /// How many bytes header and payload take as they are.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        let length = |body: &Body| body.clone().into_bytes().len();
        (length(&self.header), length(&self.claims))
    }
}

impl fmt::Debug for TokenBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenBuilder(..)")
    }
}

#[derive(Clone)]
enum Body {
    Json(Map<String, Value>),
    Raw(Vec<u8>),
}

impl Body {
    fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self::Json(members),
            other => Self::Raw(other.to_string().into_bytes()),
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        if let Self::Json(members) = self {
            members.insert(name.to_owned(), value);
        }
    }

    fn unset(&mut self, name: &str) {
        if let Self::Json(members) = self {
            members.remove(name);
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(members) => Value::Object(members).to_string().into_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }
}

/// How long a good token lives, in seconds.
const LIFETIME: i64 = 300;
