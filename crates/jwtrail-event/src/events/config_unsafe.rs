use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// A `dangerous_` option is in force.
///
/// ```
/// use jwtrail_event::events::{ConfigUnsafe, Correlation, Event as _};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = ConfigUnsafe {
///         correlation,
///         option: Text::from("dangerous_any_audience"),
///     };
///     assert_eq!(event.record(time).event, EventName::ConfigUnsafe);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigUnsafe<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The option, by its name in the configuration.
    pub option: Text<'a>,
}

impl Event for ConfigUnsafe<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::ConfigUnsafe, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.option = Some(self.option.reborrow());
        record
    }
}
