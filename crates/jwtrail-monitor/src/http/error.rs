use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use jwtrail_store::StoreError;

use crate::internal_events::RequestFailed;

/// An answer that is not what was asked for.
///
/// What went wrong inside is logged, never told.
#[derive(Debug)]
pub(super) enum ApiError {
    BadRequest(&'static str),
    /// The same, with what is wrong about it.
    Invalid(String),
    Conflict(String),
    Unauthorized(&'static str),
    Forbidden(String),
    NotFound(&'static str),
    MethodNotAllowed,
    Misdirected,
    Timeout,
    TooLarge(String),
    /// With the seconds after which to come again.
    TooMany(&'static str, u64),
    Unavailable(&'static str),
    Unsupported(&'static str),
    Internal,
}

impl ApiError {
    /// Too many wrong codes or credentials came from an address.
    pub(super) const fn guessed(seconds: u64) -> Self {
        Self::TooMany("too many wrong credentials came from this address", seconds)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) | Self::Invalid(_) => "bad_request",
            Self::Conflict(_) => "conflict",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Misdirected => "misdirected",
            Self::Timeout => "timeout",
            Self::TooLarge(_) => "too_large",
            Self::TooMany(..) => "too_many",
            Self::Unavailable(_) => "unavailable",
            Self::Unsupported(_) => "unsupported",
            Self::Internal => "internal",
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::BadRequest(message)
            | Self::Unauthorized(message)
            | Self::NotFound(message)
            | Self::TooMany(message, _)
            | Self::Unavailable(message)
            | Self::Unsupported(message) => message,
            Self::Forbidden(message)
            | Self::TooLarge(message)
            | Self::Invalid(message)
            | Self::Conflict(message) => message,
            Self::MethodNotAllowed => "this method is not known here",
            Self::Misdirected => {
                "this name is not served here; set `public_url` to the origin that browsers use"
            }
            Self::Timeout => "the body did not come in time",
            Self::Internal => "the monitor could not do this; its log says why",
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::TooMany(_, seconds) => drop(answer.insert_header((RETRY_AFTER, *seconds))),
            Self::Unauthorized(_) => drop(answer.insert_header((WWW_AUTHENTICATE, "Bearer"))),
            // What is left of the body is not waited for.
            Self::TooLarge(_) | Self::Timeout | Self::Unsupported(_) => drop(answer.force_close()),
            _ => {}
        }
        answer.json(serde_json::json!({
            "error": { "code": self.code(), "message": self.message() }
        }))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::TooMany("the monitor's disk is full", 30),
            StoreError::Busy { .. } => Self::TooMany("the monitor's disk is busy", 1),
            StoreError::TooLarge { .. } => Self::TooLarge("the body is too large".to_owned()),
            StoreError::Closed => Self::Unavailable("the monitor is stopping"),
            StoreError::Failed { .. } | StoreError::Backend { .. } => {
                RequestFailed { error: &error }.emit();
                Self::Unavailable("the monitor's storage failed; its operator has to see to it")
            }
            error => {
                RequestFailed { error: &error }.emit();
                Self::Internal
            }
        }
    }
}
