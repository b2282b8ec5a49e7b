use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// A subject was erased from the monitor's data, by whoever runs it. The subject is not named.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, SubjectErased};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = SubjectErased {
///         correlation,
///         actor: Text::from("operator"),
///         target: Text::from("12 events, 1 alert"),
///     };
///     assert_eq!(event.record(time).event, EventName::SubjectErased);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectErased<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it.
    pub actor: Text<'a>,
    /// How much was erased.
    pub target: Text<'a>,
}

impl Event for SubjectErased<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::SubjectErased, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.target = Some(self.target.reborrow());
        record
    }
}
