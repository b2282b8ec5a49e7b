use std::sync::Arc;

use actix_web::web;
use jwtrail_store::StoreError;

use super::error::ApiError;
use crate::core::Core;

/// Asks the store on a thread that may block.
pub(super) async fn ask<T: Send + 'static>(
    core: &Arc<Core>,
    question: impl FnOnce(&Core) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, ApiError> {
    let core = Arc::clone(core);
    let asked = web::block(move || question(&core)).await;
    Ok(asked.map_err(|_| ApiError::Internal)??)
}
