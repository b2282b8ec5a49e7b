use std::fmt;

use aws_lc_rs::hmac;
use jwtrail_event::SecretToken;
use serde_json::{Value, json};

use crate::body::Body;
use crate::jws::{Family, Jws};
use crate::signer::Signer;
use crate::text::{base64url, join};
use crate::{Algorithm, Forge, Unforgeable, keys};

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
    /// Whether it is another token than the forge's model.
    changed: bool,
}

impl<'f> TokenBuilder<'f> {
    pub(crate) fn new(forge: &'f Forge) -> Self {
        if let Some(model) = &forge.model {
            return Self {
                forge,
                header: Body::Json(model.header.clone()),
                claims: Body::Json(model.fresh_claims(forge.now, &forge.next_id())),
                signer: Signer::Model,
                changed: model.key.is_some(),
            };
        }
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
            changed: true,
        }
        .algorithm(forge.algorithm)
    }

    /// The algorithm, signed with the issuer's key for it, and named so in `alg` and `kid`.
    pub fn algorithm(self, algorithm: Algorithm) -> Self {
        if self.forge.model.is_some() && algorithm != self.forge.algorithm {
            self.forge.hinder(Unforgeable::OtherAlgorithm);
        }
        self.named_algorithm(algorithm)
    }

    /// `sub`.
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// `scope`, space-separated.
    pub fn scope(self, scope: &str) -> Self {
        let Some(model) = &self.forge.model else {
            return self.claim("scope", scope);
        };
        match model.claims.get("scope").or(model.claims.get("scp")) {
            Some(Value::Array(_)) => self.scope_value(scope.split(' ').collect::<Vec<_>>()),
            _ => self.scope_value(scope),
        }
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

    /// Bound to the client's key for ES256 (`cnf.jkt`, RFC 9449 section 6.1), as
    /// [`Forge::proof`] proves it.
    pub fn bound_to_client(self) -> Self {
        self.bound_to_client_key(Algorithm::Es256)
    }

    /// Bound to the client's key for this algorithm; to nothing for HS256.
    pub fn bound_to_client_key(self, algorithm: Algorithm) -> Self {
        match keys::client_thumbprint(algorithm) {
            Some(jkt) => self.claim("cnf", json!({ "jkt": jkt })),
            None => self,
        }
    }

    /// Any claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.changed |= self.claims.set(name, value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.changed |= self.claims.unset(name);
        self
    }

    /// Any header parameter.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.changed |= self.header.set(name, value.into());
        self
    }

    /// Leaves a header parameter out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.changed |= self.header.unset(name);
        self
    }

    /// Signed by somebody whom the service does not trust; the header stays as it is.
    pub fn signed_by_stranger(mut self) -> Self {
        self.signer = match self.signer {
            Signer::Issuer(algorithm) => Signer::Stranger(algorithm),
            Signer::Model => Signer::Stranger(self.forge.algorithm),
            other => other,
        };
        self
    }

    /// Signed with HMAC under this secret, `alg` saying so; `kid` stays as it is. The hash is
    /// SHA-256, unless the service's own tokens have another.
    pub fn signed_with_secret(mut self, secret: &[u8]) -> Self {
        let model = self.forge.model.as_ref().and_then(|model| model.jws());
        let (name, hash) = match model.map(Jws::family) {
            Some(Family::Hmac(hash)) => (self.forge.alg().to_owned(), hash),
            _ => (Algorithm::Hs256.as_str().to_owned(), hmac::HMAC_SHA256),
        };
        self.signer = Signer::Secret(hash, secret.to_vec());
        self.header("alg", name)
    }

    /// The token.
    #[must_use]
    pub fn sign(self) -> SecretToken {
        if let (Some(model), Signer::Model, false) = (&self.forge.model, &self.signer, self.changed)
        {
            return model.token.clone();
        }
        let header = base64url(&self.header.clone().into_bytes());
        let payload = base64url(&self.claims.clone().into_bytes());
        let message = format!("{header}.{payload}");
        let signature = self.signature_over(message.as_bytes());
        join(&header, &payload, &base64url(&signature))
    }

    /// The token, for cases where the signature does not matter: where nothing can be signed for
    /// the service under test, a stranger signs.
    pub(crate) fn sign_anyhow(self) -> SecretToken {
        if self.forge.can_sign() {
            self.sign()
        } else {
            self.signed_by_stranger().sign()
        }
    }

    /// Without what says the scope.
    pub(crate) fn without_scope(self) -> Self {
        self.without_claim("scope").without_claim("scp")
    }

    /// A value of whatever type where the scope stands.
    pub(crate) fn scope_value(self, value: impl Into<Value>) -> Self {
        let scp = self.forge.model.as_ref().is_some_and(|model| {
            !model.claims.contains_key("scope") && model.claims.contains_key("scp")
        });
        self.claim(if scp { "scp" } else { "scope" }, value)
    }

    /// The algorithm, whether it is the service's or not.
    pub(crate) fn named_algorithm(mut self, algorithm: Algorithm) -> Self {
        if self.forge.model.is_some() && algorithm == self.forge.algorithm {
            self.signer = Signer::Model;
            return self;
        }
        self.signer = Signer::Issuer(algorithm);
        self.header("alg", algorithm.as_str())
            .header("kid", algorithm.kid())
    }

    fn signature_over(&self, message: &[u8]) -> Vec<u8> {
        let Some(model) = &self.forge.model else {
            return self.forge.keys.sign(&self.signer, message);
        };
        match (&self.signer, model.jws()) {
            (Signer::Model, _) => match &model.key {
                Some(key) => key.sign(message),
                None => {
                    self.forge.hinder(Unforgeable::NeedsKey);
                    Vec::new()
                }
            },
            (Signer::Stranger(algorithm), Some(jws)) if jws.nearest() == *algorithm => {
                self.forge.keys.sign_as_stranger(jws, message)
            }
            (signer, _) => self.forge.keys.sign(signer, message),
        }
    }

    /// Bytes instead of a JSON object as the header.
    pub(crate) fn raw_header(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.header = Body::Raw(bytes.into());
        self.changed = true;
        self
    }

    /// Bytes instead of a JSON object as the payload.
    pub(crate) fn raw_payload(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.claims = Body::Raw(bytes.into());
        self.changed = true;
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

/// How long a good token lives, in seconds.
const LIFETIME: i64 = 300;
