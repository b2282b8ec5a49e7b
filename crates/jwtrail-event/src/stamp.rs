use crate::{EventId, Record, Text};

/// Who writes: what every record of one boot carries.
///
/// ```
/// use jwtrail_event::{EventId, EventName, Origin, Outcome, Record, Timestamp};
///
/// let origin = Origin {
///     service: "orders-api".to_owned(),
///     service_version: "1.0.0".to_owned(),
///     instance: "orders-1".to_owned(),
///     boot_id: "b-1".to_owned(),
/// };
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let mut record = Record::new(EventName::Heartbeat, Outcome::Success, now);
/// record.stamp(&origin, EventId::v7(now, &[7; 10]), 0);
/// assert_eq!(record.service.as_str(), "orders-api");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The service.
    pub service: String,
    /// Its version.
    pub service_version: String,
    /// The instance.
    pub instance: String,
    /// This start of it.
    pub boot_id: String,
}

impl<'a> Record<'a> {
    /// Puts the writer's name, the record's id and its number on the record.
    pub fn stamp(&mut self, origin: &'a Origin, event_id: EventId, seq: u64) {
        self.event_id = event_id;
        self.service = Text::from(&origin.service);
        self.service_version = Text::from(&origin.service_version);
        self.instance = Text::from(&origin.instance);
        self.boot_id = Text::from(&origin.boot_id);
        self.seq = seq;
    }
}
