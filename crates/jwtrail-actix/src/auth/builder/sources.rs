//! Where the token comes from.

use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderName};

use super::{JwtAuthBuilder, JwtAuthError};
use crate::auth::cross_site::{CrossSite, is_origin};
use crate::auth::source::TokenSource;

impl JwtAuthBuilder {
    /// Takes the token from this header, too, with `Bearer` before it or without. Only one
    /// header can be named beside `Authorization`; a request that brings a token in two ways is
    /// refused with 400.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.header("X-Access-Token").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn header(mut self, name: &str) -> Self {
        self.source.header = Some(name.to_owned());
        self
    }

    /// Takes the token from this cookie, too.
    ///
    /// A browser sends a cookie with requests that other sites cause. So a token from the cookie
    /// may only do what changes nothing (GET, HEAD, OPTIONS, TRACE), unless the browser says
    /// that the request comes from this service's own pages, by `Sec-Fetch-Site` or `Origin`,
    /// or from one of the [`cookie_origins`](Self::cookie_origins). Otherwise the answer is 403
    /// and the record says `policy_denied`.
    ///
    /// What stays your duty: set the cookie with `SameSite=Lax` or `Strict`, `HttpOnly` and
    /// `Secure`, and let no GET change anything (RFC 9700 section 4.7, OWASP ASVS 5.0 V3.5).
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.cookie("__Host-at").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cookie(mut self, name: &str) -> Self {
        self.source.cookie = Some(name.to_owned());
        self
    }

    /// The other origins whose pages may change something with the token from the cookie, such
    /// as `https://shop.example`.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.cookie("at").cookie_origins(["https://shop.example"]).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cookie_origins<'a>(mut self, origins: impl IntoIterator<Item = &'a str>) -> Self {
        let origins = origins.into_iter().map(str::to_owned);
        self.cross_site.origins.extend(origins);
        self
    }

    /// Lets any site's pages use the token from the cookie. Whoever uses this has another
    /// protection against cross-site requests on every route that changes something. It is a
    /// `config.unsafe` event at start.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuth, JwtAuthBuilder, JwtAuthError};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), JwtAuthError> {
    /// let auth = auth.cookie("at").dangerous_any_site().build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn dangerous_any_site(mut self) -> Self {
        self.cross_site.dangerous_any_site = true;
        self
    }
}

pub(super) fn check(source: &TokenSource, cross_site: &CrossSite) -> Result<(), JwtAuthError> {
    if let Some(name) = &source.cookie {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(JwtAuthError::CookieName { name: name.clone() });
        }
    }
    if let Some(name) = &source.header {
        let parsed = HeaderName::from_bytes(name.as_bytes());
        if parsed.map_or(true, |name| name == AUTHORIZATION || name == COOKIE) {
            return Err(JwtAuthError::HeaderName { name: name.clone() });
        }
    }
    let unfit = cross_site.origins.iter().find(|origin| !is_origin(origin));
    match unfit {
        Some(origin) => Err(JwtAuthError::Origin {
            origin: origin.clone(),
        }),
        None => Ok(()),
    }
}
