use actix_web::web::Json;
use jwtrail_actix::AccessToken;
use serde_json::{Value, json};

/// Who is logged in.
pub(super) async fn handle(token: AccessToken) -> Json<Value> {
    Json(json!({
        "user": token.subject(),
        "role": "admin",
        "version": env!("CARGO_PKG_VERSION"),
    }))
}
