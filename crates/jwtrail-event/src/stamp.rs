use crate::{EventId, Record, Text};

/// Who writes: what every record of one boot carries.
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
