use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use jwtrail_store::{Field, Find};
use serde::Deserialize;

use super::answer::ask;
use super::error::ApiError;
use super::records;
use crate::core::Core;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    jti: Option<String>,
    sub: Option<String>,
    correlation_id: Option<String>,
    fingerprint: Option<String>,
    client_ip: Option<String>,
    limit: Option<usize>,
    before: Option<u64>,
}

/// The events of a token, a subject, a request or an address, newest first.
pub(super) async fn handle(
    core: Data<Core>,
    asked: Query<Asked>,
) -> Result<HttpResponse, ApiError> {
    let Asked { limit, before, .. } = *asked;
    let find = asked.into_inner().find()?;
    let limit = limit.unwrap_or(200).clamp(1, MOST);
    let core = Arc::clone(&core);
    let page = ask(&core, move |core| core.store.find(&find, before, limit)).await?;

    let mut body = b"{\"events\":".to_vec();
    body.extend_from_slice(&records::array(&page.entries));
    let next = page
        .next_before
        .map_or_else(|| "null".to_owned(), |next| next.to_string());
    body.extend_from_slice(format!(",\"next_before\":{next}}}").as_bytes());
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(body))
}

impl Asked {
    fn find(self) -> Result<Find, ApiError> {
        let fields = [
            (Field::Jti, self.jti),
            (Field::Sub, self.sub),
            (Field::CorrelationId, self.correlation_id),
            (Field::Fingerprint, self.fingerprint),
            (Field::ClientIp, self.client_ip),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(field, value)| Some((field, value?)));
        let given: Vec<_> = given.filter(|(_, value)| !value.is_empty()).collect();
        match <[_; 1]>::try_from(given) {
            Ok([(field, value)]) => Ok(Find::By(field, value)),
            Err(none) if none.is_empty() => Ok(Find::All),
            Err(_) => Err(ApiError::BadRequest(
                "ask by one of jti, sub, correlation_id, fingerprint, client_ip",
            )),
        }
    }
}

const MOST: usize = 1_000;
