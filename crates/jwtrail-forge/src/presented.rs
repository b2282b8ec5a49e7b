use std::fmt;

use jwtrail_event::SecretToken;
use zeroize::Zeroizing;

/// How a case goes onto the wire.
///
/// ```
/// use jwtrail_forge::{Presentation, find};
/// let case = find("AUT-05/query").unwrap();
/// assert_eq!(case.presentation, Presentation::Query);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Presentation {
    /// One header, `Authorization: Bearer <token>`.
    Bearer,
    /// `Authorization` values as they are, none to several.
    Authorization,
    /// `Authorization: DPoP <token>`, with none to several `DPoP` headers.
    Dpop,
    /// In the query.
    Query,
    /// In the `Cookie` header, alone or beside `Authorization`.
    Cookie,
    /// Not at all.
    Nothing,
    /// As a refresh token, at the refresh endpoint.
    Refresh,
    /// The test presents what the service gave it.
    FromService,
}

/// One case, ready to be sent.
///
/// What it holds are secrets of the test: they can be exposed, not printed.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Forge, find};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
/// let presented = forge.present(find("AUT-05/query").unwrap());
/// assert!(presented.authorization().is_empty() && presented.query().is_some());
/// ```
#[derive(Clone, Default)]
pub struct Presented {
    authorization: Vec<HeaderValue>,
    proofs: Vec<SecretToken>,
    query: Option<SecretToken>,
    cookie: Option<SecretToken>,
    refresh_token: Option<SecretToken>,
    tokens: Vec<SecretToken>,
}

impl Presented {
    /// The values of the `Authorization` headers, in order.
    #[must_use]
    pub fn authorization(&self) -> &[HeaderValue] {
        &self.authorization
    }

    /// The values of the `DPoP` headers.
    #[must_use]
    pub fn proofs(&self) -> &[SecretToken] {
        &self.proofs
    }

    /// The query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&SecretToken> {
        self.query.as_ref()
    }

    /// The value of the `Cookie` header.
    #[must_use]
    pub fn cookie(&self) -> Option<&SecretToken> {
        self.cookie.as_ref()
    }

    /// What to present to the refresh endpoint.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&SecretToken> {
        self.refresh_token.as_ref()
    }

    /// Every token and credential that is sent: none of them may appear anywhere later.
    #[must_use]
    pub fn tokens(&self) -> &[SecretToken] {
        &self.tokens
    }

    pub(crate) fn bearer(token: SecretToken) -> Self {
        let value = format!("Bearer {}", token.expose());
        Self::header(value.into_bytes(), token)
    }

    pub(crate) fn dpop(token: SecretToken) -> Self {
        let value = format!("DPoP {}", token.expose());
        Self::header(value.into_bytes(), token)
    }

    /// One `Authorization` header with a credential in it.
    pub(crate) fn header(value: Vec<u8>, token: SecretToken) -> Self {
        Self::default().and_header(value).and_token(token)
    }

    pub(crate) fn and_header(mut self, value: impl Into<Vec<u8>>) -> Self {
        self.authorization
            .push(HeaderValue(Zeroizing::new(value.into())));
        self
    }

    pub(crate) fn and_token(mut self, token: SecretToken) -> Self {
        self.tokens.push(token);
        self
    }

    pub(crate) fn and_proof(mut self, proof: SecretToken) -> Self {
        self.proofs.push(proof.clone());
        self.and_token(proof)
    }

    pub(crate) fn and_cookie(mut self, name: &str, token: SecretToken) -> Self {
        let value = format!("{name}={}", token.expose());
        self.cookie = Some(SecretToken::new(value));
        self.and_token(token)
    }

    pub(crate) fn in_query(token: SecretToken) -> Self {
        let query = format!("access_token={}", token.expose());
        Self {
            query: Some(SecretToken::new(query)),
            ..Self::default()
        }
        .and_token(token)
    }

    pub(crate) fn refresh(token: SecretToken) -> Self {
        Self {
            refresh_token: Some(token.clone()),
            ..Self::default()
        }
        .and_token(token)
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("authorization", &self.authorization.len())
            .field("proofs", &self.proofs.len())
            .field("query", &self.query.is_some())
            .field("cookie", &self.cookie.is_some())
            .field("refresh_token", &self.refresh_token.is_some())
            .field("tokens", &self.tokens.len())
            .finish()
    }
}

/// The bytes of a header value that holds a credential; not always text.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Forge, find};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
/// let presented = forge.present(find("AUT-02/empty-bearer").unwrap());
/// assert_eq!(presented.authorization()[0].expose(), b"Bearer");
/// ```
#[derive(Clone)]
pub struct HeaderValue(Zeroizing<Vec<u8>>);

impl HeaderValue {
    /// The bytes, for the one place that sends them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeaderValue(..)")
    }
}
