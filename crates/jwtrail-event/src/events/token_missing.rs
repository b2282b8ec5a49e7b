use super::{Answer, Event, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// No credentials came, or another scheme than Bearer.
///
/// ```
/// use jwtrail_event::events::{Answer, Event as _, Request, TokenMissing};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, time: Timestamp) {
///     let event = TokenMissing {
///         request,
///         answer,
///         optional: false,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenMissing);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMissing<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// How the request left.
    pub answer: Answer,
    /// Whether the route can do without a token: then nothing failed.
    pub optional: bool,
}

impl Event for TokenMissing<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let outcome = if self.optional {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let mut record = Record::new(EventName::TokenMissing, outcome, time);
        record.reason = (!self.optional).then_some(Reason::Missing);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        record
    }
}
