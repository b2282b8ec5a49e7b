//! Requests that another site caused: the danger of tokens in cookies.

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};

/// Which sites may cause requests that change something with a token from a cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct CrossSite {
    /// `https://shop.example`, beside the service's own origin.
    pub(crate) origins: Vec<String>,
    pub(crate) dangerous_any_site: bool,
}

impl CrossSite {
    /// Whether a cookie's token may do what this request asks for.
    ///
    /// A browser says where a request comes from, in `Sec-Fetch-Site` or, an old one and one
    /// without TLS, in `Origin`. What says neither is no proof.
    pub(super) fn allows(&self, request: &ServiceRequest) -> bool {
        if self.dangerous_any_site || is_safe(request.method()) {
            return true;
        }
        let headers = request.headers();
        let origin = one(headers, &ORIGIN);
        let is_listed = || {
            origin.is_some_and(|origin| {
                let mut listed = self.origins.iter();
                listed.any(|one| one.eq_ignore_ascii_case(origin))
            })
        };
        match one(headers, &SEC_FETCH_SITE) {
            Some("same-origin" | "none") => true,
            None if !headers.contains_key(&SEC_FETCH_SITE) => {
                is_listed() || origin.is_some_and(|origin| is_own(origin, headers))
            }
            _ => is_listed(),
        }
    }
}

/// `https://shop.example`: scheme and authority and nothing more (RFC 6454 section 6.2).
pub(super) fn is_origin(text: &str) -> bool {
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    authority.is_some_and(|authority| {
        let fit = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
        !authority.is_empty() && authority.bytes().all(fit)
    })
}

/// RFC 9110 section 9.2.1.
fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    match (authority, one(headers, &HOST)) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// The header's value, if it is there once.
fn one<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Option<&'r str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
