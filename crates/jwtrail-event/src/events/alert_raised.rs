use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// An alert was raised.
///
/// ```
/// use jwtrail_event::events::{AlertRaised, Correlation, Event as _};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = AlertRaised {
///         correlation,
///         rule: Text::from("refresh-reuse"),
///         target: Text::from("alert:7"),
///     };
///     assert_eq!(event.record(time).event, EventName::AlertRaised);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRaised<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The rule.
    pub rule: Text<'a>,
    /// What it concerns.
    pub target: Text<'a>,
}

impl Event for AlertRaised<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::AlertRaised, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.rule = Some(self.rule.reborrow());
        record.target = Some(self.target.reborrow());
        record
    }
}
