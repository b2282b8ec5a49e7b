use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// A token or family was quarantined.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, QuarantineAdded};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = QuarantineAdded {
///         correlation,
///         actor: Text::from("ops"),
///         rule: None,
///         target: Text::from("family:7"),
///         until: None,
///     };
///     assert_eq!(event.record(time).event, EventName::QuarantineAdded);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineAdded<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it: a user, or `rule:` and a rule's name.
    pub actor: Text<'a>,
    /// The rule that asked for it.
    pub rule: Option<Text<'a>>,
    /// What it concerns.
    pub target: Text<'a>,
    /// Until when it holds.
    pub until: Option<Timestamp>,
}

impl Event for QuarantineAdded<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::QuarantineAdded, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.rule = self.rule.as_ref().map(Text::reborrow);
        record.target = Some(self.target.reborrow());
        record.until = self.until;
        record
    }
}

/// A quarantine was lifted.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, QuarantineReleased};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = QuarantineReleased {
///         correlation,
///         actor: Text::from("ops"),
///         target: Text::from("family:7"),
///     };
///     assert_eq!(event.record(time).event, EventName::QuarantineReleased);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineReleased<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it: a user, or `rule:` and a rule's name.
    pub actor: Text<'a>,
    /// What it concerns.
    pub target: Text<'a>,
}

impl Event for QuarantineReleased<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::QuarantineReleased, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.target = Some(self.target.reborrow());
        record
    }
}

/// A quarantine reached its end.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, QuarantineExpired};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = QuarantineExpired {
///         correlation,
///         target: Text::from("family:7"),
///     };
///     assert_eq!(event.record(time).event, EventName::QuarantineExpired);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineExpired<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// What it concerns.
    pub target: Text<'a>,
}

impl Event for QuarantineExpired<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::QuarantineExpired, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.target = Some(self.target.reborrow());
        record
    }
}
