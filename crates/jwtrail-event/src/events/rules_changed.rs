use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// The rule set changed.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, RulesChanged};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = RulesChanged {
///         correlation,
///         actor: Text::from("ops"),
///         rule: Text::from("refresh-reuse"),
///         target: Text::from("enabled"),
///     };
///     assert_eq!(event.record(time).event, EventName::RulesChanged);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesChanged<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it: a user, or `rule:` and a rule's name.
    pub actor: Text<'a>,
    /// The rule.
    pub rule: Text<'a>,
    /// What it concerns.
    pub target: Text<'a>,
}

impl Event for RulesChanged<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::RulesChanged, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.rule = Some(self.rule.reborrow());
        record.target = Some(self.target.reborrow());
        record
    }
}
