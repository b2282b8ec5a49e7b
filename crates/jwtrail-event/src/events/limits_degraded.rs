use super::{Correlation, Event};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// Shared limits fell back to local ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsDegraded<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Why.
    pub reason: Reason,
}

impl Event for LimitsDegraded<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::LimitsDegraded, Outcome::Failure, time);
        self.correlation.fill(&mut record);
        record.reason = Some(self.reason);
        record
    }
}
