use super::{Correlation, Event};
use crate::{DroppedKind, EventName, Outcome, Reason, Record, Text, Timestamp};

/// A sink lost records.
///
/// ```
/// use jwtrail_event::events::{AuditDropped, Correlation, Event as _};
/// use jwtrail_event::{DroppedKind, EventName, Reason, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = AuditDropped {
///         correlation,
///         sink: Text::from("file"),
///         count: 3,
///         kind: DroppedKind::Unverified,
///         reason: Reason::BackendUnavailable,
///     };
///     assert_eq!(event.record(time).event, EventName::AuditDropped);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditDropped<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The sink.
    pub sink: Text<'a>,
    /// How many records.
    pub count: u64,
    /// Which kind.
    pub kind: DroppedKind,
    /// Why.
    pub reason: Reason,
}

impl Event for AuditDropped<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::AuditDropped, Outcome::Failure, time);
        self.correlation.fill(&mut record);
        record.sink = Some(self.sink.reborrow());
        record.dropped_count = Some(self.count);
        record.dropped_kind = Some(self.kind);
        record.reason = Some(self.reason);
        record
    }
}
