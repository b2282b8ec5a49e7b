use super::{Answer, Event, Evidence, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// A limit refused the request.
///
/// ```
/// use jwtrail_event::events::{Answer, Event as _, Evidence, RateExceeded, Request};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, evidence: Evidence<'_>, time: Timestamp) {
///     let event = RateExceeded {
///         request,
///         answer,
///         evidence,
///     };
///     assert_eq!(event.record(time).event, EventName::RateExceeded);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateExceeded<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// How the request left.
    pub answer: Answer,
    /// What the token showed.
    pub evidence: Evidence<'a>,
}

impl Event for RateExceeded<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::RateExceeded, Outcome::Failure, time);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        self.evidence.fill(&mut record);
        record.reason = Some(Reason::RateLimited);
        record
    }
}
