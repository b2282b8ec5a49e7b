use super::{Correlation, Event};
use crate::{EventName, Outcome, Reason, Record, Timestamp};

/// Shared limits fell back to local ones, or are shared again.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, LimitsDegraded};
/// use jwtrail_event::{EventName, Reason, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = LimitsDegraded {
///         correlation,
///         reason: Some(Reason::BackendUnavailable),
///     };
///     assert_eq!(event.record(time).event, EventName::LimitsDegraded);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsDegraded<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Why; `None` when it is over.
    pub reason: Option<Reason>,
}

impl Event for LimitsDegraded<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let outcome = match self.reason {
            Some(_) => Outcome::Failure,
            None => Outcome::Success,
        };
        let mut record = Record::new(EventName::LimitsDegraded, outcome, time);
        self.correlation.fill(&mut record);
        record.reason = self.reason;
        record
    }
}
