use super::{Correlation, Event};
use crate::{Counts, EventName, Outcome, Record, Timestamp};

/// The instance is alive.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, Heartbeat};
/// use jwtrail_event::{Counts, EventName, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = Heartbeat {
///         correlation,
///         last_seq: 41,
///         counts: Counts::default(),
///         last: false,
///     };
///     assert_eq!(event.record(time).event, EventName::Heartbeat);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The last number that this boot gave.
    pub last_seq: u64,
    /// What this boot has decided so far.
    pub counts: Counts,
    /// Whether this boot ends here, cleanly.
    pub last: bool,
}

impl Event for Heartbeat<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::Heartbeat, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.last_seq = Some(self.last_seq);
        record.counts = Some(self.counts);
        record.r#final = Some(self.last);
        record
    }
}
