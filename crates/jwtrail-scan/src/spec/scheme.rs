use super::{Location, Place};

/// A security scheme: a way of saying who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheme {
    /// Which way.
    pub kind: SchemeKind,
    /// Where the document declares it.
    pub place: Place,
}

/// The ways of saying who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeKind {
    /// A bearer token in the `Authorization` header (RFC 6750).
    Bearer {
        /// What the document says about the token's form (`JWT`).
        format: Option<String>,
    },
    /// A name and a password (RFC 7617).
    Basic,
    /// Another scheme of the `Authorization` header, in small letters.
    Http(String),
    /// A key under a name of its own.
    ApiKey {
        /// Where the key goes.
        location: Location,
        /// The name of the header, the query parameter or the cookie.
        name: String,
    },
    /// OAuth 2.0.
    OAuth2(Vec<Flow>),
    /// OpenID Connect.
    OpenIdConnect {
        /// Where its configuration is found.
        url: String,
    },
    /// A client's certificate.
    MutualTls,
    /// A kind that no version of the specification knows, as written.
    Unknown(String),
}

impl SchemeKind {
    /// Whether it is presented as a bearer token in the `Authorization` header. A key of that
    /// header counts: Swagger 2.0 has no other word for it.
    #[must_use]
    pub fn bearer(&self) -> bool {
        match self {
            Self::Bearer { .. } | Self::OAuth2(_) | Self::OpenIdConnect { .. } => true,
            Self::ApiKey { location, name } => {
                *location == Location::Header && name.eq_ignore_ascii_case("authorization")
            }
            Self::Basic | Self::Http(_) | Self::MutualTls | Self::Unknown(_) => false,
        }
    }
}

/// A way of obtaining a token from an OAuth 2.0 server (RFC 6749 section 1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flow {
    /// Its name in the words of OpenAPI 3: `clientCredentials`, `authorizationCode`, `password`,
    /// `implicit`.
    pub name: String,
    /// Where a token is asked for.
    pub token_url: Option<String>,
    /// Where a person is asked.
    pub authorization_url: Option<String>,
    /// Where a token is renewed, if elsewhere.
    pub refresh_url: Option<String>,
    /// The scopes that can be asked for.
    pub scopes: Vec<String>,
}
