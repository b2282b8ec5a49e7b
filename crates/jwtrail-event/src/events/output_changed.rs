use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// An alert output changed.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, OutputChanged};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = OutputChanged {
///         correlation,
///         actor: Text::from("ops"),
///         target: Text::from("webhook"),
///     };
///     assert_eq!(event.record(time).event, EventName::OutputChanged);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputChanged<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it: a user, or `rule:` and a rule's name.
    pub actor: Text<'a>,
    /// What it concerns.
    pub target: Text<'a>,
}

impl Event for OutputChanged<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::OutputChanged, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.target = Some(self.target.reborrow());
        record
    }
}
