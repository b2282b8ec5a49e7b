use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::{Data, Json, Query};
use jwtrail_event::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::ask;
use super::error::ApiError;
use crate::core::Core;
use crate::rollup::{Minute, Top};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    minutes: Option<i64>,
}

/// What happened in the last minutes.
pub(super) async fn handle(
    core: Data<Core>,
    asked: Query<Asked>,
) -> Result<Json<Overview>, ApiError> {
    let minutes = asked.minutes.unwrap_or(60);
    if !(1..=MOST_MINUTES).contains(&minutes) {
        return Err(ApiError::BadRequest("minutes is from 1 to 1440"));
    }
    let core = Arc::clone(&core);
    let now = core.clock.now();
    let newest = now.as_seconds().div_euclid(BUCKET) * BUCKET;
    let oldest = newest - (minutes - 1) * BUCKET;
    let (total, series) = ask(&core, move |core| Ok(core.rollups.since(oldest))).await?;
    let bucket = |index: i64| {
        let time = oldest + index * BUCKET;
        let [accepted, failed, refreshed] = series.get(&time).copied().unwrap_or_default();
        Bucket {
            time,
            accepted,
            failed,
            refreshed,
        }
    };
    let open = core.board.open();
    let open = open.map(|(severity, count)| (severity.as_str(), count));
    Ok(Json(Overview {
        now,
        bucket_seconds: BUCKET,
        series: (0..minutes).map(bucket).collect(),
        totals: Totals::of(&total),
        reasons: reasons(&total),
        subjects: names(&total.subjects),
        addresses: names(&total.addresses),
        routes: names(&total.routes),
        services: names(&total.services),
        open_alerts: BTreeMap::from(open),
    }))
}

#[derive(Debug, Serialize)]
pub(super) struct Overview {
    now: Timestamp,
    bucket_seconds: i64,
    series: Vec<Bucket>,
    totals: Totals,
    reasons: Vec<Reason>,
    subjects: Vec<Name>,
    addresses: Vec<Name>,
    routes: Vec<Name>,
    services: Vec<Name>,
    open_alerts: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Serialize)]
struct Bucket {
    time: i64,
    accepted: u64,
    failed: u64,
    refreshed: u64,
}

#[derive(Debug, Serialize)]
struct Totals {
    requests: u64,
    failed: u64,
    refreshed: u64,
    failure_ratio: f64,
}

impl Totals {
    #[expect(clippy::cast_precision_loss, reason = "a ratio for a chart")]
    fn of(total: &Minute) -> Self {
        let requests = total.accepted + total.failed;
        Self {
            requests,
            failed: total.failed,
            refreshed: total.refreshed,
            failure_ratio: total.failed as f64 / requests.max(1) as f64,
        }
    }
}

#[derive(Debug, Serialize)]
struct Reason {
    name: String,
    count: u64,
}

fn reasons(total: &Minute) -> Vec<Reason> {
    let reason = |(name, count): (&String, &u64)| Reason {
        name: name.clone(),
        count: *count,
    };
    let mut reasons: Vec<_> = total.reasons.iter().map(reason).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}

#[derive(Debug, Serialize)]
struct Name {
    name: String,
    count: u64,
    failed: u64,
}

fn names(top: &Top) -> Vec<Name> {
    let name = |(name, tally): (&str, crate::rollup::Tally)| Name {
        name: name.to_owned(),
        count: tally.count,
        failed: tally.failed,
    };
    top.first(SHOWN).into_iter().map(name).collect()
}

const BUCKET: i64 = 60;
const MOST_MINUTES: i64 = 1_440;
const SHOWN: usize = 10;
