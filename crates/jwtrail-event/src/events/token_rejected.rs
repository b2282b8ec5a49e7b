use super::{Answer, Event, Evidence, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// A token step failed.
///
/// ```
/// use jwtrail_event::events::{Answer, Event as _, Evidence, Request, TokenRejected};
/// use jwtrail_event::{EventName, Reason, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, evidence: Evidence<'_>, time: Timestamp) {
///     let event = TokenRejected {
///         request,
///         answer,
///         evidence,
///         reason: Reason::Expired,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenRejected);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRejected<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// How the request left.
    pub answer: Answer,
    /// What the token showed.
    pub evidence: Evidence<'a>,
    /// Why.
    pub reason: Reason,
}

impl Event for TokenRejected<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        self.evidence.fill(&mut record);
        record.reason = Some(self.reason);
        record
    }
}
