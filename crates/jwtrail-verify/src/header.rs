use std::borrow::Cow;

use jwtrail_event::events::TokenHeader;
use jwtrail_event::{Fingerprint, Reason, Text};

use crate::Algorithm;
use crate::claims::Typ;
use crate::json::{Members, Value};
use crate::known_headers::KnownHeader;

/// A header that can be read: out of its JSON, or remembered.
pub(crate) enum Head<'a> {
    Read(Members<'a>),
    Known(&'a KnownHeader),
}

impl Head<'_> {
    /// The header step, see [`check`].
    pub(crate) fn check(&self, allowed: impl Fn(Algorithm) -> bool) -> Result<Algorithm, Reason> {
        match self {
            Self::Read(members) => check(members, allowed),
            Self::Known(known) => Some(known.algorithm())
                .filter(|algorithm| allowed(*algorithm))
                .ok_or(Reason::AlgorithmNotAllowed),
        }
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        match self {
            Self::Read(members) => members.text("kid"),
            Self::Known(known) => known.kid(),
        }
    }

    pub(crate) fn typ(&self) -> Typ<'_> {
        match self {
            Self::Read(members) => typ(members),
            Self::Known(known) => known.typ().map_or(Typ::Absent, Typ::Text),
        }
    }

    pub(crate) fn texts(&self) -> Header<'_> {
        match self {
            Self::Read(members) => Header::read(members),
            Self::Known(known) => Header {
                alg: Some(Cow::Borrowed(known.algorithm().as_str())),
                kid: known.kid().map(Cow::Borrowed),
                typ: known.typ().map(Cow::Borrowed),
            },
        }
    }
}

/// What of the JOSE header is kept: as sent, believed or not.
#[derive(Debug, Default)]
pub(crate) struct Header<'a> {
    pub(crate) alg: Option<Cow<'a, str>>,
    pub(crate) kid: Option<Cow<'a, str>>,
    pub(crate) typ: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    pub(crate) fn read(members: &'a Members<'_>) -> Self {
        let text = |name| members.text(name).map(Cow::Borrowed);
        Self {
            alg: text("alg"),
            kid: text("kid"),
            typ: text("typ"),
        }
    }

    pub(crate) fn into_owned(self) -> Header<'static> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Header {
            alg: own(self.alg),
            kid: own(self.kid),
            typ: own(self.typ),
        }
    }

    pub(crate) fn event<'e>(&'e self, fingerprint: &'e Fingerprint) -> TokenHeader<'e> {
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
    members: &Members<'_>,
    allowed: impl Fn(Algorithm) -> bool,
) -> Result<Algorithm, Reason> {
    let algorithm = members
        .text("alg")
        .and_then(|name| name.parse().ok())
        .filter(|algorithm| allowed(*algorithm))
        .ok_or(Reason::AlgorithmNotAllowed)?;
    let encoded = members.get("b64").is_none_or(Value::is_true);
    if members.contains_key("crit") || !encoded {
        return Err(Reason::UnsupportedCritical);
    }
    if OWN_KEYS.iter().any(|name| members.contains_key(name)) {
        return Err(Reason::UntrustedKey);
    }
    match members.get("kid") {
        None | Some(Value::String(_)) => Ok(algorithm),
        Some(_) => Err(Reason::MalformedToken),
    }
}

pub(crate) fn typ<'a>(members: &'a Members<'_>) -> Typ<'a> {
    match members.get("typ") {
        None => Typ::Absent,
        Some(value) => value.as_str().map_or(Typ::NoText, Typ::Text),
    }
}

/// With these a token brings its own key, or the address of one.
const OWN_KEYS: [&str; 4] = ["jku", "x5u", "jwk", "x5c"];
