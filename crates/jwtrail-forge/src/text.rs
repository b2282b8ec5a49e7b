//! Base64url and surgery on compact tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwtrail_event::SecretToken;

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

pub(crate) fn base64_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// How many characters so many bytes take in base64url.
pub(crate) const fn base64url_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Header, payload and signature of a compact token; empty where there is none.
pub(crate) fn segments(token: &SecretToken) -> [&str; 3] {
    let mut parts = token.expose().split('.');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

pub(crate) fn join(header: &str, payload: &str, signature: &str) -> SecretToken {
    SecretToken::new(format!("{header}.{payload}.{signature}"))
}

/// The token with its signature's bytes changed.
pub(crate) fn with_signature(
    token: &SecretToken,
    change: impl FnOnce(&mut Vec<u8>),
) -> SecretToken {
    let [header, payload, signature] = segments(token);
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    change(&mut bytes);
    join(header, payload, &base64url(&bytes))
}

/// The bytes of a PEM block's body.
pub(crate) fn pem_body(pem: &str) -> Vec<u8> {
    let lines = pem.lines().map(str::trim);
    let body: String = lines.filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap_or_default()
}
