use jwtrail_event::{EventId, Record};

use crate::Field;

/// Events to be appended together: all of them or none.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) events: Vec<Pending>,
    bytes: usize,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event. Its `producer` and `received_at` should be set; its `position` is the
    /// store's to give.
    pub fn push(&mut self, record: &Record<'_>) {
        let mut line = Vec::with_capacity(LINE_GUESS);
        record.write_ndjson(&mut line);
        self.bytes += line.len();
        let producer = record.producer.as_ref().map_or("", |text| text.as_str());
        self.events.push(Pending {
            event_id: record.event_id,
            producer: producer.into(),
            line,
            keys: Field::keys(record),
        });
    }

    /// How many events it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many bytes its lines have.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The lines with what tells duplicates apart, for implementations.
    pub fn events(&self) -> impl Iterator<Item = (&str, EventId, &[u8])> {
        self.events
            .iter()
            .map(|event| (&*event.producer, event.event_id, event.line.as_slice()))
    }
}

/// One event on its way into the log.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) event_id: EventId,
    pub(crate) producer: Box<str>,
    pub(crate) line: Vec<u8>,
    /// Keys of the index, without the position that ends them.
    pub(crate) keys: Vec<Vec<u8>>,
}

const LINE_GUESS: usize = 1024;
