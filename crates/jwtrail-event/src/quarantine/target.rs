use std::fmt;

use serde::{Deserialize, Serialize};

use super::Refused;
use super::refused::text;
use crate::Timestamp;
use crate::caps::{ID, URI};

/// What an entry concerns. Identities are (iss, jti), (iss, family) and (iss, sub), as
/// everywhere.
///
/// A field that is not known is refused, for it could narrow what is meant.
///
/// ```
/// use jwtrail_event::quarantine::Target;
/// let one = Target::Family { iss: "https://login.example".into(), family: "f-7".into() };
/// assert_eq!(one.to_string(), "family:f-7 https://login.example");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
#[expect(
    clippy::exhaustive_enums,
    reason = "who matches must see each: one that is passed over would not be refused"
)]
pub enum Target {
    /// One token, by its id. Who has a refresh token beside it gets another one: the family
    /// stops that.
    Token {
        /// `iss`.
        iss: String,
        /// `jti`.
        jti: String,
    },
    /// One token, by its fingerprint, which is another in each deployment: services and operator
    /// must have the same key of fingerprints.
    Fingerprint {
        /// The key's id, a colon, 128 bits in hexadecimal.
        fingerprint: String,
    },
    /// Every token of a refresh family or session.
    Family {
        /// `iss`.
        iss: String,
        /// The family, which access tokens carry as `sid`.
        family: String,
    },
    /// Every token of a subject. An operator's to name, never a rule's.
    Subject {
        /// `iss`.
        iss: String,
        /// `sub`.
        sub: String,
        /// Only those that were issued up to this moment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
    },
}

impl Target {
    /// Whether both name the same, whatever the moment up to which a subject's tokens count.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Subject { iss, sub, .. },
                Self::Subject {
                    iss: other_iss,
                    sub: other_sub,
                    ..
                },
            ) => iss == other_iss && sub == other_sub,
            _ => self == other,
        }
    }

    /// Whether it names something and is no longer than what an audit event keeps. It is never
    /// cut: what is cut names another.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Refused> {
        match self {
            Self::Token { iss, jti } => text("iss", iss, URI).and(text("jti", jti, ID)),
            Self::Fingerprint { fingerprint } if is_fingerprint(fingerprint) => Ok(()),
            Self::Fingerprint { .. } => Err(Refused::Fingerprint),
            Self::Family { iss, family } => text("iss", iss, URI).and(text("family", family, ID)),
            Self::Subject { iss, sub, .. } => text("iss", iss, URI).and(text("sub", sub, ID)),
        }
    }
}

/// The text that stands in an event's `target`. The issuer comes last, where it may be cut.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token { iss, jti } => write!(f, "token:{jti} {iss}"),
            Self::Fingerprint { fingerprint } => write!(f, "fingerprint:{fingerprint}"),
            Self::Family { iss, family } => write!(f, "family:{family} {iss}"),
            Self::Subject { iss, sub, .. } => write!(f, "subject:{sub} {iss}"),
        }
    }
}

fn is_fingerprint(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.split_once(':').is_some_and(|(key, digits)| {
        (1..=16).contains(&key.len())
            && key.bytes().all(plain)
            && digits.len() == 32
            && digits.bytes().all(hex)
    })
}

/// A `jti`, `sub` or family as audit events keep it, which is how an entry names it: longer ones
/// are cut there, and have to be cut as well before they are compared.
#[must_use]
pub fn recorded_id(id: &str) -> &str {
    crate::text::capped(id, ID)
}

/// An `iss` as audit events keep it; see [`recorded_id`].
#[must_use]
pub fn recorded_issuer(iss: &str) -> &str {
    crate::text::capped(iss, URI)
}
