use std::time::Duration;

use actix_web::http::header::ETAG;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::Correlation;
use jwtrail_event::quarantine::Changes;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use super::error::ApiError;
use super::producer;
use super::server::Site;
use crate::core::Core;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The version that the service has.
    since: Option<String>,
    /// Seconds to wait for news, if there are none.
    #[serde(default)]
    wait: u64,
}

/// What has changed for the services of this producer: at once, or when it does.
pub(super) async fn handle(
    core: Data<Core>,
    site: Data<Site>,
    request: HttpRequest,
    ids: Correlation,
    asked: Query<Asked>,
) -> Result<HttpResponse, ApiError> {
    let producer = producer::authenticate(&core, &site, &request, &ids)?;
    let services = producer.services();
    let since = asked.since.as_deref();
    let ends = Instant::now() + Duration::from_secs(asked.wait).min(LONGEST);
    let mut changed = core.quarantines.watch();
    let mut stopped = core.stopped.subscribe();
    let mut place = None;
    loop {
        changed.borrow_and_update();
        let now = core.clock.now();
        let changes = core.quarantines.changes(&services, since, now);
        if is_news(&changes) || Instant::now() >= ends {
            return Ok(answer(&changes, since));
        }
        if place.is_none() {
            let own = core.quarantines.place(&producer.name);
            place = Some(own.ok_or(ApiError::TooMany("too many services are waiting", 5))?);
        }
        let over = tokio::select! {
            changed = changed.changed() => changed.is_err(),
            _ = stopped.wait_for(|stopped| *stopped) => true,
            () = sleep_until(ends) => false,
        };
        if over {
            return Ok(answer(&changes, since));
        }
    }
}

fn is_news(changes: &Changes) -> bool {
    changes.whole || changes.more || !changes.holds.is_empty() || !changes.released.is_empty()
}

fn answer(changes: &Changes, since: Option<&str>) -> HttpResponse {
    let tag = (ETAG, format!("\"{}\"", changes.version));
    if !is_news(changes) && since == Some(&changes.version) {
        return HttpResponse::NotModified().insert_header(tag).finish();
    }
    HttpResponse::Ok().insert_header(tag).json(changes)
}

const LONGEST: Duration = Duration::from_secs(30);
