use std::sync::Arc;

use crate::{EventId, EventName, LineMemory, Pseudonyms, Record, Text, Trust};

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

/// An origin with its part of each line, rendered once.
///
/// ```
/// use jwtrail_event::{EventId, Origin, Writer};
///
/// fn example(origin: Origin) {
///     let writer = Writer::new(origin);
///     let stamp = writer.stamp(EventId::from_u128(7), 0);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Writer {
    origin: Origin,
    part: Box<[u8]>,
    pseudonyms: Option<Arc<Pseudonyms>>,
}

/// What a writer puts on one of its records.
///
/// ```
/// use jwtrail_event::events::{Event, Heartbeat};
/// use jwtrail_event::{Sort, Stamp, Timestamp};
///
/// fn example(event: &Heartbeat<'_>, stamp: &Stamp<'_>, lines: &mut Vec<u8>) -> Sort {
///     event.write(Timestamp::from_seconds(1_800_000_000), stamp, lines)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    writer: &'a Writer,
    memory: Option<&'a LineMemory>,
    pub(crate) event_id: EventId,
    pub(crate) seq: u64,
}

/// What a line that was written holds, for whoever counts lines or has to give some up.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Record, Sort, Timestamp, Trust};
///
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let sort = Sort::of(&Record::new(EventName::TokenMissing, Outcome::Failure, now));
/// assert_eq!((sort.event, sort.trust), (EventName::TokenMissing, Trust::None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort {
    /// What happened.
    pub event: EventName,
    /// How far its claims may be believed.
    pub trust: Trust,
}

impl Writer {
    /// Renders what every record carries.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        let mut part = Vec::new();
        crate::write::origin(&origin, &mut part);
        part.extend_from_slice(b",\"seq\":");
        let part = part.into();
        Self {
            origin,
            part,
            pseudonyms: None,
        }
    }

    /// Replaces subjects and addresses in every record.
    #[must_use]
    pub fn with_pseudonyms(mut self, pseudonyms: Arc<Pseudonyms>) -> Self {
        self.pseudonyms = Some(pseudonyms);
        self
    }

    /// What a record with this id and number gets.
    #[must_use]
    pub const fn stamp(&self, event_id: EventId, seq: u64) -> Stamp<'_> {
        Stamp {
            writer: self,
            memory: None,
            event_id,
            seq,
        }
    }
}

impl<'a> Stamp<'a> {
    /// The same for a writer of many lines, who remembers what they have in common.
    #[must_use]
    pub const fn with_memory(self, memory: &'a LineMemory) -> Self {
        Self {
            memory: Some(memory),
            ..self
        }
    }

    pub(crate) const fn memory(&self) -> Option<&'a LineMemory> {
        self.memory
    }
}

impl Stamp<'_> {
    /// Members of the line, a comma before each, and the name of the one after them: `seq`.
    pub(crate) fn part(&self) -> &[u8] {
        &self.writer.part
    }

    pub(crate) fn pseudonyms(&self) -> Option<&Pseudonyms> {
        self.writer.pseudonyms.as_deref()
    }

    /// Appends the record's line, stamped.
    pub(crate) fn write<'r>(&'r self, mut record: Record<'r>, line: &mut Vec<u8>) -> Sort {
        let origin = &self.writer.origin;
        if let Some(pseudonyms) = self.pseudonyms() {
            pseudonyms.disguise(&mut record);
        }
        record.stamp(origin, self.event_id, self.seq);
        record.write_ndjson(line);
        Sort::of(&record)
    }
}

impl Sort {
    /// That of a record.
    #[must_use]
    pub const fn of(record: &Record<'_>) -> Self {
        Self {
            event: record.event,
            trust: record.trust,
        }
    }
}
