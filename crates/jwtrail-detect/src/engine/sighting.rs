use jwtrail_event::{Record, Text};

use super::entry::{Source, value};
use crate::KeyClass;
use crate::hash::Hash;
use crate::key::{Parts, address_key, extract};
use crate::selection::agent_family;

/// One record on its way through the rules: what several of them ask is worked out once.
#[derive(Debug)]
pub(super) struct Sighting<'r> {
    pub(super) record: &'r Record<'r>,
    keys: [Worked<(Parts<'r>, u128)>; KeyClass::ALL.len()],
    source: Worked<Source>,
}

/// Nothing before it was asked for.
type Worked<T> = Option<Option<T>>;

impl<'r> Sighting<'r> {
    pub(super) const fn new(record: &'r Record<'r>) -> Self {
        Self {
            record,
            keys: [None; KeyClass::ALL.len()],
            source: None,
        }
    }

    /// The record's key of a class and the key's hash.
    pub(super) fn key(&mut self, class: KeyClass) -> Option<(Parts<'r>, u128)> {
        let record = self.record;
        let work = || extract(class, record).map(|parts| (parts, parts.hash()));
        match self.keys.get_mut(class as usize) {
            Some(known) => *known.get_or_insert_with(work),
            None => work(),
        }
    }

    /// Where the request came from, if it says.
    pub(super) fn source(&mut self) -> Option<Source> {
        let record = self.record;
        *self.source.get_or_insert_with(|| {
            let address = record.client_ip.as_ref().map(Text::as_str)?;
            Some(Source {
                address: value(&address_key(address)),
                family: value(agent_family(record)),
                trace: Hash::new("trace")
                    .bytes(&record.trace_id.as_bits().to_le_bytes())
                    .short(),
            })
        })
    }
}
