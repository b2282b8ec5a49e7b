use super::error::ApiError;

/// A route of the API that is none.
pub(super) async fn handle() -> Result<String, ApiError> {
    Err(ApiError::NotFound("no such route"))
}

/// A method that a route does not know.
pub(super) async fn method() -> Result<String, ApiError> {
    Err(ApiError::MethodNotAllowed)
}
