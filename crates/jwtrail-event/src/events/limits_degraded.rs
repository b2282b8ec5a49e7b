use super::{Correlation, Event};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// Shared limits fell back to local ones.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, LimitsDegraded};
/// use jwtrail_event::{EventName, Reason, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = LimitsDegraded {
///         correlation,
///         reason: Reason::BackendUnavailable,
///     };
///     assert_eq!(event.record(time).event, EventName::LimitsDegraded);
/// }
/// ```
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
