use std::sync::Arc;

use actix_web::web::{Data, Json, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::ask;
use super::error::ApiError;
use crate::alerts::{self, AlertView};
use crate::core::Core;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: Which,
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    Open,
    #[default]
    All,
}

/// The newest alerts, newest first.
pub(super) async fn handle(core: Data<Core>, asked: Query<Asked>) -> Result<Json<Value>, ApiError> {
    let core = Arc::clone(&core);
    let open = asked.state == Which::Open;
    let limit = asked.limit.unwrap_or(100).clamp(1, MOST);
    let rows = ask(&core, move |core| alerts::list(&*core.store, open, limit)).await?;
    let views: Vec<_> = rows.iter().map(|row| AlertView::new(&row.alert)).collect();
    Ok(Json(json!({ "alerts": views })))
}

const MOST: usize = 1_000;
