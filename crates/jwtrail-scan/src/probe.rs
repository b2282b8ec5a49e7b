use jwtrail_event::{Reason, Timestamp, Trust};

use crate::check::CheckId;
use crate::client::{Answer, SendError};
use crate::request::Request;
use crate::token::Said;

/// One request, with what must come of it.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) check: CheckId,
    /// The check's variant (`nOnE`).
    pub(crate) variant: String,
    /// What is done, as a sentence's beginning.
    pub(crate) title: String,
    /// The number of the operation.
    pub(crate) operation: usize,
    pub(crate) request: Request,
    pub(crate) wanted: Wanted,
}

/// What must come of a request.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) answer: WantedAnswer,
    /// None where a record is not owed.
    pub(crate) record: Option<WantedRecord>,
}

/// What the answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedAnswer {
    /// Let in: neither 401 nor 403 nor a failure of the service.
    Accepted,
    /// 400, 401, 403 or 422; ours is this status.
    Refused(u16),
    /// 403.
    Denied,
    /// The same, or that there is no such method or path.
    NoSuchMethod,
    /// Let in or refused, but no failure of the service.
    Any,
    /// Better refused; letting it in is worth a note.
    Tolerable,
}

/// What the record must say.
#[derive(Clone, Debug)]
pub(crate) struct WantedRecord {
    /// Any of these reasons; none for a success.
    pub(crate) reasons: Vec<Reason>,
    /// How far the record may believe the token.
    pub(crate) trust: Trust,
    /// What the token says.
    pub(crate) said: Said,
    /// Whether the token's values stand in the record as they are; hostile ones are escaped.
    pub(crate) literal: bool,
}

/// A probe that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) probe: Probe,
    pub(crate) answer: Result<Answer, SendError>,
    pub(crate) answered_at: Timestamp,
}

impl Sent {
    pub(crate) fn status(&self) -> Option<u16> {
        self.answer.as_ref().ok().map(|answer| answer.status)
    }

    /// Whether the service slowed us down, so that the answer says nothing of the probe.
    pub(crate) fn limited(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether the HTTP server itself refused the request, before any handler (RFC 9110 section
    /// 15.5, RFC 6585 section 5).
    pub(crate) fn refused_by_parser(&self) -> bool {
        matches!(self.status(), Some(408 | 413 | 414 | 431))
    }

    /// Whether the service closed the connection and answered nothing: so are bytes refused that
    /// are no HTTP.
    pub(crate) fn cut_off(&self) -> bool {
        self.probe.request.is_raw() && matches!(self.answer, Err(SendError::Closed))
    }

    /// Whether the service let it in: it answered as it does for those who may.
    pub(crate) fn let_in(&self) -> bool {
        matches!(self.status(), Some(200..=399 | 404 | 409 | 412 | 415 | 422))
    }
}
