use super::{Correlation, Event};
use crate::{EventName, Outcome, Reason, Record, Text, Timestamp};

/// A key set was fetched.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, KeysRefreshed};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = KeysRefreshed {
///         correlation,
///         issuer: Text::from("https://login.example"),
///     };
///     assert_eq!(event.record(time).event, EventName::KeysRefreshed);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysRefreshed<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The issuer.
    pub issuer: Text<'a>,
}

impl Event for KeysRefreshed<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::KeysRefreshed, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.issuer = Some(self.issuer.reborrow());
        record
    }
}

/// A key set could not be fetched.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, KeysFailed};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = KeysFailed {
///         correlation,
///         issuer: Text::from("https://login.example"),
///     };
///     assert_eq!(event.record(time).event, EventName::KeysFailed);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysFailed<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The issuer.
    pub issuer: Text<'a>,
}

impl Event for KeysFailed<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::KeysFailed, Outcome::Failure, time);
        self.correlation.fill(&mut record);
        record.issuer = Some(self.issuer.reborrow());
        record.reason = Some(Reason::KeyUnavailable);
        record
    }
}
