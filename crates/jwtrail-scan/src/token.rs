use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::SecretToken;
use serde_json::{Map, Value};

/// The `alg` of a token's header, whether it holds or not: what a signing key is read for.
#[must_use]
pub fn token_algorithm(token: &SecretToken) -> Option<String> {
    let header = token.expose().split('.').next().and_then(object)?;
    Some(header.get("alg")?.as_str()?.to_owned())
}

/// What a token says, read without verifying it: it is one of ours, or was given to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) jti: Option<String>,
    pub(crate) sub: Option<String>,
    pub(crate) iss: Option<String>,
    /// Separated by blanks.
    pub(crate) scope: Option<String>,
    pub(crate) alg: String,
    pub(crate) typ: Option<String>,
    pub(crate) kid: Option<String>,
}

impl Said {
    pub(crate) fn read(token: &SecretToken) -> Self {
        let mut parts = token.expose().split('.').map(object);
        let header = parts.next().flatten().unwrap_or_default();
        let claims = parts.next().flatten().unwrap_or_default();
        let text = |members: &Map<String, Value>, name: &str| {
            members.get(name).and_then(Value::as_str).map(str::to_owned)
        };
        let scope = match claims.get("scope").or(claims.get("scp")) {
            Some(Value::String(scope)) => Some(scope.clone()),
            Some(Value::Array(all)) => {
                let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                Some(all.join(" "))
            }
            _ => None,
        };
        Self {
            jti: text(&claims, "jti"),
            sub: text(&claims, "sub"),
            iss: text(&claims, "iss"),
            scope,
            alg: text(&header, "alg").unwrap_or_default(),
            typ: text(&header, "typ"),
            kid: text(&header, "kid"),
        }
    }

    /// Whether it is signed with a secret that the service shares.
    pub(crate) fn hmac(&self) -> bool {
        self.alg.starts_with("HS")
    }

    /// Whether `typ` says that it is an access token (RFC 9068 section 2.1).
    pub(crate) fn access_typ(&self) -> bool {
        let typ = self.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        matches!(typ.as_str(), "at+jwt" | "application/at+jwt")
    }

    /// Whether it holds every one of these scopes.
    pub(crate) fn holds(&self, required: &[String]) -> bool {
        let held: Vec<&str> = self
            .scope
            .as_deref()
            .unwrap_or_default()
            .split(' ')
            .collect();
        required.iter().all(|scope| held.contains(&scope.as_str()))
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
