use std::sync::Arc;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::web::{Bytes, BytesMut, Data, Json, Payload};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use jwtrail_actix::Correlation;
use jwtrail_store::Placement;
use serde::Serialize;
use tokio::time::timeout;

use super::error::ApiError;
use super::producer;
use super::server::Site;
use crate::core::Core;
use crate::ingest::{self, RejectedLine};
use crate::internal_events::LinesRejected;

/// Takes events in: answered when they are durable.
pub(super) async fn handle(
    core: Data<Core>,
    site: Data<Site>,
    request: HttpRequest,
    ids: Correlation,
    payload: Payload,
) -> Result<Json<Taken>, ApiError> {
    let core = Arc::clone(&core);
    let producer = producer::authenticate(&core, &site, &request, &ids)?;
    plain(&request)?;
    short(&request, core.limits.ingest_bytes)?;
    // The producer's own places first, so that one with slow bodies does not take all.
    let (Some(_own), Some(_place)) = (core.producers.place(&producer.name), core.ingest_place())
    else {
        return Err(ApiError::TooMany(
            "too many bodies of events come in at once",
            1,
        ));
    };
    let body = timeout(core.limits.ingest_deadline, read(&core, payload)).await;
    let body = body.map_err(|_| ApiError::Timeout)??;

    let lines = ingest::count(&body);
    if lines > core.limits.ingest_lines {
        let most = core.limits.ingest_lines;
        return Err(ApiError::TooLarge(format!(
            "{lines} lines, the limit is {most}"
        )));
    }
    let now = core.clock.now();
    let quota = core.producers.take(&producer.name, lines as u64, now);
    quota.map_err(|seconds| ApiError::TooMany("the producer's quota is used up", seconds))?;

    let name = producer.name.clone();
    let read = web::block(move || ingest::read(&body, &producer, now)).await;
    let intake = read.map_err(|_| ApiError::Internal)?;
    let placements = core.store.append(intake.batch).await?;
    let new = |placement: &&Placement| matches!(placement, Placement::New(_));
    let accepted = placements.iter().filter(new).count();
    if let Some(first) = intake.rejected.first() {
        let count = intake.rejected.len() as u64;
        let first_for_long = core.rollups.reject(&name, count, &first.problem, now);
        if first_for_long {
            LinesRejected {
                producer: &name,
                count,
            }
            .emit();
        }
    }
    Ok(Json(Taken {
        accepted,
        duplicates: placements.len() - accepted,
        rejected: intake.rejected,
    }))
}

/// Lines that were packed would each be refused as no event, and be lost at a producer that takes
/// the answer for success.
fn plain(request: &HttpRequest) -> Result<(), ApiError> {
    let packed = request.headers().get_all(CONTENT_ENCODING);
    let mut packed = packed.filter(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    match packed.next() {
        Some(_) => Err(ApiError::Unsupported(
            "the body is packed; send the lines as they are, without a content-encoding",
        )),
        None => Ok(()),
    }
}

/// Refuses what says itself that it is too long, before any of it is waited for.
fn short(request: &HttpRequest, most: usize) -> Result<(), ApiError> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > most as u64 => Err(too_long(most)),
        _ => Ok(()),
    }
}

fn too_long(most: usize) -> ApiError {
    ApiError::TooLarge(format!("the body has more than {most} bytes"))
}

#[derive(Debug, Serialize)]
pub(super) struct Taken {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<RejectedLine>,
}

async fn read(core: &Core, mut payload: Payload) -> Result<Bytes, ApiError> {
    let most = core.limits.ingest_bytes;
    let mut body = BytesMut::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| ApiError::BadRequest("the body was cut"))?;
        if body.len() + part.len() > most {
            return Err(too_long(most));
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}
