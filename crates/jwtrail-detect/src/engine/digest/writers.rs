use jwtrail_event::Record;

use crate::engine::entry::WRITER;
use crate::hash::Hash;

/// The ids of those who wrote lately, so that they need not be worked out for every event.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Writers(Vec<Option<Writer>>);

#[derive(Clone, Debug)]
struct Writer {
    producer: String,
    service: String,
    instance: String,
    id: u64,
}

impl Writers {
    /// The hash of the three names.
    pub(in crate::engine) fn id(&mut self, producer: &str, record: &Record<'_>) -> u64 {
        let (service, instance) = (record.service.as_str(), record.instance.as_str());
        // Names of one kind differ in their ends.
        let ends = [producer, service, instance].map(|name| {
            let end = name.as_bytes().last_chunk::<2>();
            end.map_or(0, |end| usize::from(u16::from_le_bytes(*end)))
        });
        let at = ends.iter().fold(0, |sum, end| sum * 31 + end) % WRITERS;
        if self.0.is_empty() {
            self.0.resize(WRITERS, None);
        }
        let known = self.0.get(at).and_then(Option::as_ref);
        if let Some(known) = known
            && known.instance == instance
            && known.service == service
            && known.producer == producer
        {
            return known.id;
        }
        let hash = Hash::new("producer").part(producer);
        let id = hash.part(service).part(instance).short() & WRITER;
        if let Some(place) = self.0.get_mut(at) {
            *place = Some(Writer {
                producer: producer.to_owned(),
                service: service.to_owned(),
                instance: instance.to_owned(),
                id,
            });
        }
        id
    }
}

const WRITERS: usize = 64;
