use jwtrail_event::events::TokenHeader;
use jwtrail_event::{Fingerprint, Reason, Text};
use serde_json::{Map, Value};

use crate::{Algorithm, json};

/// What of the JOSE header is kept: as sent, believed or not.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) alg: Option<Box<str>>,
    pub(crate) kid: Option<Box<str>>,
    pub(crate) typ: Option<Box<str>>,
}

impl Header {
    pub(crate) fn read(members: &Map<String, Value>) -> Self {
        Self {
            alg: json::text(members, "alg"),
            kid: json::text(members, "kid"),
            typ: json::text(members, "typ"),
        }
    }

    pub(crate) fn event<'a>(&'a self, fingerprint: &'a Fingerprint) -> TokenHeader<'a> {
        TokenHeader {
            kid: self.kid.as_deref().map(Text::from),
            alg: self.alg.as_deref().map(Text::from),
            typ: self.typ.as_deref().map(Text::from),
            fingerprint: Some(Text::from(fingerprint.as_str())),
        }
    }
}

/// The header step: the algorithm, if it is allowed and nothing in the header demands or brings
/// what we don't take.
///
/// In this order: `alg`; `crit`, of which we understand no extension; `b64` (RFC 7797), marked
/// critical or not; keys that the token brings; the type of `kid`.
pub(crate) fn check(
    members: &Map<String, Value>,
    allowed: impl Fn(Algorithm) -> bool,
) -> Result<Algorithm, Reason> {
    let algorithm = members
        .get("alg")
        .and_then(Value::as_str)
        .and_then(|name| name.parse().ok())
        .filter(|algorithm| allowed(*algorithm))
        .ok_or(Reason::AlgorithmNotAllowed)?;
    let encoded = members.get("b64").is_none_or(|b64| b64 == true);
    if members.contains_key("crit") || !encoded {
        return Err(Reason::UnsupportedCritical);
    }
    if OWN_KEYS.iter().any(|name| members.contains_key(*name)) {
        return Err(Reason::UntrustedKey);
    }
    match members.get("kid") {
        None | Some(Value::String(_)) => Ok(algorithm),
        Some(_) => Err(Reason::MalformedToken),
    }
}

/// With these a token brings its own key, or the address of one.
const OWN_KEYS: [&str; 4] = ["jku", "x5u", "jwk", "x5c"];
