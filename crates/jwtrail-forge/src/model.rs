use std::fmt;

use jwtrail_event::{SecretToken, Timestamp};
use serde_json::{Map, Value};

use crate::jws::Jws;
use crate::text::{from_base64url, segments};
use crate::{PublicKey, SigningKey};

/// A token that the service under test accepts: what the forge's tokens look like, and what it
/// knows of the keys behind it.
pub(crate) struct Model {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) token: SecretToken,
    pub(crate) key: Option<SigningKey>,
    pub(crate) public_key: Option<PublicKey>,
}

impl Model {
    pub(crate) fn read(token: &SecretToken) -> Result<Self, NotAModel> {
        let [header, claims, signature] = segments(token);
        if signature.is_empty() || token.expose().split('.').count() != 3 {
            return Err(NotAModel);
        }
        Ok(Self {
            header: object(header).ok_or(NotAModel)?,
            claims: object(claims).ok_or(NotAModel)?,
            token: token.clone(),
            key: None,
            public_key: None,
        })
    }

    /// The algorithm's name, as the token has it.
    pub(crate) fn alg(&self) -> &str {
        self.text("alg")
    }

    pub(crate) fn kid(&self) -> &str {
        self.text("kid")
    }

    pub(crate) fn jws(&self) -> Option<Jws> {
        Jws::named(self.alg())
    }

    fn text(&self, name: &str) -> &str {
        self.header
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// The first audience.
    pub(crate) fn audience(&self) -> Option<&str> {
        match self.claims.get("aud")? {
            Value::String(audience) => Some(audience),
            Value::Array(all) => all.first().and_then(Value::as_str),
            _ => None,
        }
    }

    /// The claims of a new token: with a key its own id and times, without one those of the
    /// token at hand.
    pub(crate) fn fresh_claims(&self, now: Timestamp, id: &str) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        if self.key.is_none() {
            return claims;
        }
        let now = now.as_seconds();
        for (name, value) in [
            ("jti", Value::from(id)),
            ("iat", Value::from(now)),
            ("nbf", Value::from(now)),
            ("exp", Value::from(now + LIFETIME)),
        ] {
            if let Some(claim) = claims.get_mut(name) {
                *claim = value;
            }
        }
        claims
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Model(..)")
    }
}

fn object(segment: &str) -> Option<Map<String, Value>> {
    let bytes = from_base64url(segment)?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// A token that is not a compact JWS of two JSON objects and a signature.
///
/// ```
/// use jwtrail_event::{SecretToken, Timestamp};
/// use jwtrail_forge::{Forge, NotAModel};
///
/// let opaque = SecretToken::new("8f3c".to_owned());
/// let forge = Forge::like(&opaque, None, Timestamp::from_seconds(1_800_000_000));
/// assert_eq!(forge.err(), Some(NotAModel));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signed JSON Web Token in compact form (RFC 7515 section 3.1)")]
pub struct NotAModel;

/// In seconds.
const LIFETIME: i64 = 300;
