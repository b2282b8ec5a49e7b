use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use jwtrail_event::SecretToken;
use serde::Deserialize as _;
use serde::de::DeserializeOwned;

/// The body of a refresh (RFC 6749 section 6), as a form or as JSON.
#[derive(serde::Deserialize)]
pub(super) struct RefreshRequest {
    pub(super) grant_type: String,
    #[serde(deserialize_with = "secret")]
    pub(super) refresh_token: SecretToken,
    pub(super) client_id: Option<String>,
    #[serde(default, deserialize_with = "optional_secret")]
    pub(super) client_secret: Option<SecretToken>,
}

/// The body of a revocation (RFC 7009 section 2.1).
#[derive(serde::Deserialize)]
pub(super) struct RevokeRequest {
    #[serde(deserialize_with = "secret")]
    pub(super) token: SecretToken,
    pub(super) client_id: Option<String>,
    #[serde(default, deserialize_with = "optional_secret")]
    pub(super) client_secret: Option<SecretToken>,
}

/// Reads a body. Why it can't be read is not said: the text would hold what was sent.
pub(super) fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> Option<T> {
    let body = body.ok().filter(|body| body.len() <= MAX_BODY)?;
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = content_type.split(';').next()?.trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return serde_json::from_slice(&body).ok();
    }
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = std::str::from_utf8(&body).ok()?;
        return web::Query::from_query(text)
            .ok()
            .map(web::Query::into_inner);
    }
    None
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretToken, D::Error> {
    String::deserialize(deserializer).map(SecretToken::new)
}

fn optional_secret<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretToken>, D::Error> {
    secret(deserializer).map(Some)
}

const MAX_BODY: usize = 16 * 1024;
