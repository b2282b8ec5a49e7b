use crate::json;

/// What an issuer says about itself: where its keys are (OpenID Connect Discovery 1.0 section 3,
/// RFC 8414 section 2). Nothing else of it is used.
///
/// ```
/// use jwtrail_verify::Discovery;
/// let document = br#"{"issuer":"https://login.example","jwks_uri":"https://login.example/jwks"}"#;
/// let discovery = Discovery::read(document, "https://login.example")?;
/// assert_eq!(discovery.jwks_uri(), "https://login.example/jwks");
/// assert!(Discovery::read(document, "https://login.example/").is_err());
/// # Ok::<(), jwtrail_verify::DiscoveryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    jwks_uri: Box<str>,
}

impl Discovery {
    /// The longest document that is read, in bytes.
    pub const MAX_BYTES: usize = 512 * 1024;

    /// Reads the document of this issuer, which must name the same one, character by character.
    ///
    /// The keys' address must be an `https` one; `http` is taken only from an issuer that is
    /// itself at an `http` address, so that nothing is less protected than its name says.
    ///
    /// # Errors
    /// When the document is too long, is not an object, is another issuer's, or does not say
    /// where the keys are.
    pub fn read(json: impl AsRef<[u8]>, issuer: &str) -> Result<Self, DiscoveryError> {
        let json = json.as_ref();
        if json.len() > Self::MAX_BYTES {
            return Err(DiscoveryError::TooLong { length: json.len() });
        }
        let members = json::object(json).ok_or(DiscoveryError::NotMetadata)?;
        let named = members.text("issuer").unwrap_or_default();
        if named != issuer {
            return Err(DiscoveryError::OtherIssuer {
                named: named.chars().take(SHOWN).collect(),
            });
        }
        let jwks_uri = members.text("jwks_uri").ok_or(DiscoveryError::NoKeySet)?;
        let plain = jwks_uri.starts_with("http://") && issuer.starts_with("http://");
        if !plain && !jwks_uri.starts_with("https://") {
            return Err(DiscoveryError::UnprotectedKeySet);
        }
        Ok(Self {
            jwks_uri: jwks_uri.into(),
        })
    }

    /// Where the issuer's keys are.
    #[must_use]
    pub fn jwks_uri(&self) -> &str {
        &self.jwks_uri
    }

    /// Where an issuer's document is: first as OpenID Connect Discovery 1.0 section 4.1 has it,
    /// then as RFC 8414 section 3.1 has it. `None` if the issuer is no `http` or `https` address
    /// without a query and a fragment.
    ///
    /// ```
    /// use jwtrail_verify::Discovery;
    /// let addresses = Discovery::addresses("https://id.example/tenant").unwrap();
    /// assert_eq!(addresses[0], "https://id.example/tenant/.well-known/openid-configuration");
    /// assert_eq!(addresses[1], "https://id.example/.well-known/oauth-authorization-server/tenant");
    /// ```
    #[must_use]
    pub fn addresses(issuer: &str) -> Option<[String; 2]> {
        let (scheme, rest) = issuer.split_once("://")?;
        let known = matches!(scheme, "http" | "https");
        if !known || issuer.contains(|c: char| matches!(c, '?' | '#' | '\\') || !is_plain(c)) {
            return None;
        }
        let rest = rest.trim_end_matches('/');
        let (host, path) = match rest.split_once('/') {
            Some((host, path)) => (host, format!("/{path}")),
            None => (rest, String::new()),
        };
        (!host.is_empty()).then(|| {
            [
                format!("{scheme}://{host}{path}/.well-known/openid-configuration"),
                format!("{scheme}://{host}/.well-known/oauth-authorization-server{path}"),
            ]
        })
    }
}

/// Why a discovery document was refused.
///
/// ```
/// use jwtrail_verify::{Discovery, DiscoveryError};
/// let read = Discovery::read("[]", "https://login.example");
/// assert!(matches!(read, Err(DiscoveryError::NotMetadata)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The document is too long.
    #[error("the discovery document has {length} bytes, the limit is 524288")]
    TooLong {
        /// Its bytes.
        length: usize,
    },
    /// It is no such document.
    #[error(
        "the discovery document is not a JSON object without duplicate members (OpenID Connect \
         Discovery 1.0 section 4.2); check the issuer's address"
    )]
    NotMetadata,
    /// It is another issuer's.
    #[error(
        "the discovery document is that of the issuer {named:?}; configure the issuer exactly as \
         its tokens have it in `iss`"
    )]
    OtherIssuer {
        /// The issuer that it names, at most 256 characters; empty if it names none.
        named: String,
    },
    /// It does not say where the keys are.
    #[error("the discovery document has no `jwks_uri`; give the address of the keys instead")]
    NoKeySet,
    /// The keys are at an address that protects them less than the issuer's.
    #[error("the discovery document's `jwks_uri` is not an https address")]
    UnprotectedKeySet,
}

fn is_plain(c: char) -> bool {
    c.is_ascii_graphic()
}

/// How much of what a document says is repeated, in characters.
const SHOWN: usize = 256;
