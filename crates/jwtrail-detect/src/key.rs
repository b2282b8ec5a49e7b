mod address;
mod extract;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use address::{address_key, network_of};
pub(crate) use extract::{Parts, extract};

/// What a rule groups by. The router sends an event to a shard once per class in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyClass {
    /// A token: (iss, jti) where the signature held, else its fingerprint.
    Token,
    /// (iss, jti) as an unverified token claims them; of a trusted token its own, so that a rule
    /// can join the two. Such a rule may alert, never respond.
    ClaimedToken,
    /// A subject: (iss, sub) where the signature held.
    Subject,
    /// A client's address: IPv4, or the /64 of IPv6.
    Address,
    /// The `Origin` header.
    Origin,
    /// A family of refresh tokens.
    Family,
    /// An OAuth client, under its issuer.
    Client,
    /// An issuer.
    Issuer,
    /// A route of a service.
    Route,
    /// A service.
    Service,
    /// An instance of a service.
    Instance,
    /// A monitor.
    Monitor,
}

impl KeyClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[
        Self::Token,
        Self::ClaimedToken,
        Self::Subject,
        Self::Address,
        Self::Origin,
        Self::Family,
        Self::Client,
        Self::Issuer,
        Self::Route,
        Self::Service,
        Self::Instance,
        Self::Monitor,
    ];

    /// The class's name in rule files and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ClaimedToken => "claimed_token",
            Self::Subject => "subject",
            Self::Address => "address",
            Self::Origin => "origin",
            Self::Family => "family",
            Self::Client => "client",
            Self::Issuer => "issuer",
            Self::Route => "route",
            Self::Service => "service",
            Self::Instance => "instance",
            Self::Monitor => "monitor",
        }
    }

    /// The class of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == name)
    }
}

impl fmt::Display for KeyClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whom or what an alert concerns: `display` for people, the other fields for programs.
///
/// Which fields are there depends on the class: `iss` and `jti`, or `token_fp`, for a token;
/// `iss` and `sub` for a subject; `address`; `family`; and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Key {
    /// The key in one line, from the sender's bytes: encode it for where it is shown.
    pub display: String,
    /// The issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's `jti`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// The token's fingerprint, where it has no trusted `jti`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_fp: Option<String>,
    /// The subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The address: IPv4, or the /64 of IPv6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The `Origin` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The refresh family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The OAuth client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The route's pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What a rule splits its keys by, beside the above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

impl Key {
    /// Whether it has what identifies a key of this class.
    pub(crate) const fn is_of(&self, class: KeyClass) -> bool {
        match class {
            KeyClass::Token | KeyClass::ClaimedToken => {
                self.jti.is_some() || self.token_fp.is_some()
            }
            KeyClass::Subject => self.sub.is_some(),
            KeyClass::Address => self.address.is_some(),
            KeyClass::Origin => self.origin.is_some(),
            KeyClass::Family => self.family.is_some(),
            KeyClass::Client => self.client_id.is_some(),
            KeyClass::Issuer => self.iss.is_some(),
            KeyClass::Route => self.route.is_some(),
            KeyClass::Instance => self.instance.is_some(),
            KeyClass::Service | KeyClass::Monitor => self.service.is_some(),
        }
    }
}
