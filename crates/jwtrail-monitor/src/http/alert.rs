use std::sync::Arc;

use actix_web::web::{Data, Json, Path};
use jwtrail_detect::{Alert, AlertId};
use jwtrail_store::{Entry, StoreError};
use serde::Serialize;
use serde_json::Value;

use super::answer::ask;
use super::error::ApiError;
use super::records;
use crate::alerts::{self, AlertView};
use crate::core::Core;
use crate::responses::Outcome;

/// One alert with the events that it rests on.
pub(super) async fn handle(core: Data<Core>, id: Path<String>) -> Result<Json<Value>, ApiError> {
    let unknown = ApiError::NotFound("no such alert");
    let Ok(id) = id.parse::<AlertId>() else {
        return Err(unknown);
    };
    let core = Arc::clone(&core);
    let found = ask(&core, move |core| {
        let Some(row) = alerts::load(&*core.store, id)? else {
            return Ok(None);
        };
        let evidence = evidence(core, &row.alert)?;
        let decided = core.responses.decided(&*core.store, id)?;
        Ok(Some((row.alert, evidence, decided)))
    });
    let (alert, evidence, decided) = found.await?.ok_or(unknown)?;
    let rule = core.rules.rule(&alert.rule);
    let rule = rule.as_ref();
    let detail = Detail {
        alert: AlertView::new(&alert),
        responded: decided.map(|decided| decided.outcome),
        evidence: serde_json::from_slice(&records::array(&evidence)).unwrap_or_default(),
        false_positives: rule.map(|rule| &*rule.false_positives).unwrap_or_default(),
        references: rule.map(|rule| &*rule.references).unwrap_or_default(),
        why: rule.map(|rule| &*rule.why).unwrap_or_default(),
    };
    let detail = serde_json::to_value(detail).map_err(|_| ApiError::Internal)?;
    Ok(Json(detail))
}

/// The events are in the log still, unless they were too old to keep.
fn evidence(core: &Core, alert: &Alert) -> Result<Vec<Entry>, StoreError> {
    let items = alert.evidence.iter();
    let entries = items.map(|item| core.store.entry(item.position));
    entries.filter_map(Result::transpose).collect()
}

#[derive(Serialize)]
struct Detail<'a> {
    #[serde(flatten)]
    alert: AlertView<'a>,
    /// What the rule did by itself, or why not; none where it may only alert.
    responded: Option<Outcome>,
    evidence: Vec<Value>,
    false_positives: &'a [String],
    references: &'a [String],
    why: &'a str,
}
