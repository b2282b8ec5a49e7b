use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest;
use jwtrail_event::quarantine::{Changes, Entry, Hold};
use jwtrail_event::{EventId, Timestamp};

/// The entries, and the order in which they changed.
///
/// Each change has a number. An entry stands under the number of its last one, so that what came
/// after a number is a walk from there on, and the whole list is a walk from the start.
#[derive(Debug)]
pub(super) struct List {
    /// Tells this list from another one with the same numbers.
    id: u64,
    /// Of the last change.
    number: u64,
    /// What was released up to here is forgotten.
    floor: u64,
    entries: HashMap<EventId, (u64, Entry)>,
    order: BTreeMap<u64, Changed>,
    released: usize,
}

#[derive(Debug)]
enum Changed {
    Entry(EventId),
    Released(EventId, Vec<String>),
}

impl List {
    pub(super) fn new(id: u64, number: u64, entries: Vec<(u64, Entry)>) -> Self {
        let mut list = Self {
            id,
            number,
            floor: number,
            entries: HashMap::new(),
            order: BTreeMap::new(),
            released: 0,
        };
        for (number, entry) in entries {
            list.order.insert(number, Changed::Entry(entry.id));
            list.entries.insert(entry.id, (number, entry));
        }
        list
    }

    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, id: EventId) -> Option<&Entry> {
        self.entries.get(&id).map(|(_, entry)| entry)
    }

    /// The number of the entry's last change.
    pub(super) fn number_of(&self, id: EventId) -> u64 {
        self.entries.get(&id).map_or(0, |(number, _)| *number)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(|(_, entry)| entry)
    }

    /// The entry of the same kind for the same target. A rule extends what it has added itself
    /// for the same services and nothing else: what it takes for one service would reach others.
    pub(super) fn same_as(&self, wanted: &Entry) -> Option<&Entry> {
        self.entries().find(|known| {
            known.kind == wanted.kind
                && known.target.is_same(&wanted.target)
                && known.rule == wanted.rule
                && (wanted.rule.is_none() || known.services == wanted.services)
        })
    }

    pub(super) fn put(&mut self, entry: Entry, number: u64) {
        let id = entry.id;
        if let Some((before, _)) = self.entries.insert(id, (number, entry)) {
            self.order.remove(&before);
        }
        self.order.insert(number, Changed::Entry(id));
        self.number = number;
    }

    pub(super) fn release(&mut self, id: EventId, number: u64) {
        if let Some((before, entry)) = self.entries.remove(&id) {
            self.order.remove(&before);
            let released = Changed::Released(id, entry.services);
            self.order.insert(number, released);
            self.released += 1;
        }
        self.number = number;
        if self.released > MOST_RELEASED {
            self.forget_release();
        }
    }

    /// Services know when an entry ends; nothing has to be told.
    pub(super) fn forget(&mut self, id: EventId) {
        if let Some((number, _)) = self.entries.remove(&id) {
            self.order.remove(&number);
        }
    }

    /// What these services have to know, after a version of theirs or at all.
    pub(super) fn changes(
        &self,
        services: &[String],
        since: Option<&str>,
        now: Timestamp,
    ) -> Changes {
        let mark = Mark::new(self.id, services);
        let since = since.and_then(|since| mark.number(since));
        let known = since.filter(|since| (self.floor..=self.number).contains(since));
        let mut changes = Changes {
            version: mark.version(self.number),
            whole: known.is_none(),
            more: false,
            holds: Vec::new(),
            released: Vec::new(),
        };
        let from = known.map_or(0, |known| known + 1);
        for (number, changed) in self.order.range(from..) {
            if changes.holds.len() + changes.released.len() == PAGE {
                changes.more = true;
                changes.version = mark.version(number - 1);
                break;
            }
            match changed {
                Changed::Entry(id) => changes.holds.extend(self.hold(*id, services, now)),
                Changed::Released(id, of) => {
                    let concerns = of.is_empty() || of.iter().any(|one| services.contains(one));
                    if concerns && !changes.whole {
                        changes.released.push(*id);
                    }
                }
            }
        }
        changes
    }

    fn hold(&self, id: EventId, services: &[String], now: Timestamp) -> Option<Hold> {
        let entry = self.get(id).filter(|entry| now < entry.until)?;
        entry.hold_for(services)
    }

    fn forget_release(&mut self) {
        let mut order = self.order.iter();
        let oldest = order.find(|(_, changed)| matches!(changed, Changed::Released(..)));
        if let Some(number) = oldest.map(|(number, _)| *number) {
            self.order.remove(&number);
            self.floor = number;
            self.released -= 1;
        }
    }
}

/// What a version carries besides the number: which list, and for whom. A producer that has got
/// another service begins anew, as what concerns that one has older numbers.
struct Mark(String);

impl Mark {
    fn new(list: u64, services: &[String]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for service in services {
            context.update(&service.len().to_be_bytes());
            context.update(service.as_bytes());
        }
        let digest = context.finish();
        let short: [u8; 8] = *digest.as_ref().first_chunk().unwrap_or(&[0; 8]);
        Self(format!("{list:016x}-{:016x}", u64::from_be_bytes(short)))
    }

    fn version(&self, number: u64) -> String {
        format!("{}-{number}", self.0)
    }

    fn number(&self, version: &str) -> Option<u64> {
        let rest = version.strip_prefix(&self.0)?.strip_prefix('-')?;
        rest.parse().ok()
    }
}

/// Changes in one answer.
const PAGE: usize = 500;
/// Releases that are remembered, so that they can be told one by one.
const MOST_RELEASED: usize = 10_000;

#[cfg(test)]
mod tests;
