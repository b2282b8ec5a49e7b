use super::{Answer, Event, Evidence, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// A limit refused the request.
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
