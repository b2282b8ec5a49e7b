use actix_web::web::Data;
use jwtrail_store::StoreError;

use super::error::ApiError;
use crate::core::Core;

/// Whether the monitor does its work, for load balancers and supervisors. A full disk is no
/// reason to start it again.
pub(super) async fn handle(core: Data<Core>) -> Result<&'static str, ApiError> {
    if !core.ended_threads().is_empty() {
        return Err(ApiError::Unavailable("a part of the monitor has ended"));
    }
    match core.store.trouble() {
        None | Some(StoreError::Full { .. } | StoreError::Busy { .. }) => Ok("ok"),
        Some(_) => Err(ApiError::Unavailable("the monitor's storage failed")),
    }
}
