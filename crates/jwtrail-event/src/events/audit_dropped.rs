use super::{Correlation, Event};
use crate::{DroppedKind, EventName, Outcome, Reason, Record, Text, Timestamp};

/// A sink lost records.
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
