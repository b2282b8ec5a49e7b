use std::sync::Arc;

use actix_web::web::{self, Bytes, Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, Correlation};
use jwtrail_event::EventId;
use serde_json::{Value, json};

use super::answer::ask;
use super::csrf::SameOrigin;
use super::error::ApiError;
use super::server::Site;
use crate::core::Core;
use crate::own_audit::asked_by;
use crate::quarantine::{Asked, Refusal};

/// What is under quarantine or revoked now, newest first.
pub(super) async fn list(core: Data<Core>) -> Json<Value> {
    let policy = core.quarantines.policy();
    Json(json!({
        "entries": core.quarantines.entries(core.clock.now()),
        "max_entries": policy.max_entries,
        "max_seconds": policy.max_time.as_secs(),
    }))
}

/// Adds an entry, or extends the one that is there for the same target: answered when it is
/// durable. Services refuse from their next request on.
pub(super) async fn add(
    core: Data<Core>,
    site: Data<Site>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
    body: Bytes,
) -> Result<HttpResponse, ApiError> {
    let asked: Asked = serde_json::from_slice(&body).map_err(|error| {
        let problem: String = error.to_string().chars().take(MESSAGE).collect();
        ApiError::Invalid(format!("the body is not what this route takes: {problem}"))
    })?;
    let core = Arc::clone(&core);
    let audit = site.audit.clone();
    let by = asked_by(&request, &ids, token.subject());
    // To its end, also when the client goes away: what is added is on record.
    let added = web::block(move || {
        let now = core.clock.now();
        core.quarantines.add(&*core.store, &audit, asked, by, now)
    });
    let added = added.await.map_err(|_| ApiError::Internal)??;
    let mut answer = if added.new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    Ok(answer.json(added.entry))
}

/// Takes an entry off the list before its time.
pub(super) async fn release(
    core: Data<Core>,
    site: Data<Site>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let unknown = ApiError::NotFound("no such entry; it may have ended or been released");
    let Ok(id) = id.parse::<EventId>() else {
        return Err(unknown);
    };
    let core = Arc::clone(&core);
    let audit = site.audit.clone();
    let by = asked_by(&request, &ids, token.subject());
    let released = ask(&core, move |core| {
        let now = core.clock.now();
        core.quarantines.release(&*core.store, &audit, id, by, now)
    });
    if released.await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(unknown)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong(_) | Refusal::Time { .. } => Self::Invalid(refusal.to_string()),
            Refusal::Protected | Refusal::Subject => Self::Forbidden(refusal.to_string()),
            Refusal::Full { .. } => Self::Conflict(refusal.to_string()),
            Refusal::NoRandomness => Self::Internal,
            Refusal::Store(error) => error.into(),
        }
    }
}

/// Characters of a parser's message that are told.
const MESSAGE: usize = 200;
