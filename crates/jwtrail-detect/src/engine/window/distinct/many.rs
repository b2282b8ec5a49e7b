use std::hash::BuildHasher as _;
use std::hint::black_box;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use crate::engine::entry::Entry;

/// Many values with the latest entry of each, in the final order of these. Each knows its place
/// in the chain, so an event costs the same however many there are.
#[derive(Clone, Debug)]
pub(crate) struct Many {
    /// Where each value's link is. The link says which value it is of: the places of many values
    /// lie close together.
    places: HashTable<u32>,
    hasher: RandomState,
    links: Vec<Link>,
    first: u32,
    last: u32,
    /// The first of the chain of those that are free.
    free: u32,
}

/// They are far apart in memory, so one lies in one line of the processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Link {
    value: u64,
    entry: Entry,
    before: u32,
    after: u32,
}

impl Many {
    pub(super) fn of(values: impl IntoIterator<Item = (u64, Entry)>) -> Self {
        let mut many = Self {
            places: HashTable::new(),
            hasher: RandomState::default(),
            links: Vec::new(),
            first: NONE,
            last: NONE,
            free: NONE,
        };
        for (value, entry) in values {
            many.see(value, entry);
        }
        many
    }

    /// Notes the entry as its value's latest, unless a later one is known.
    pub(super) fn see(&mut self, value: u64, entry: Entry) {
        let free = match self.free {
            NONE => u32::try_from(self.links.len()).unwrap_or(NONE),
            free => free,
        };
        let (links, hasher) = (&self.links, &self.hasher);
        let place = self.places.entry(
            hasher.hash_one(value),
            |at| value_at(links, *at) == Some(value),
            |at| value_at(links, *at).map_or(0, |value| hasher.hash_one(value)),
        );
        let at = *place.or_insert(free).get();
        if at == free {
            self.occupy(at, value, entry);
        } else if let Some(known) = self.link(at)
            && known.entry.order() <= entry.order()
        {
            self.unlink(at);
        } else {
            return;
        }
        self.link_up(at, entry);
    }

    /// The entry that comes first.
    pub(super) fn first(&self) -> Option<&Entry> {
        self.link(self.first).map(|link| &link.entry)
    }

    /// The entry that comes last.
    pub(super) fn last(&self) -> Option<&Entry> {
        self.link(self.last).map(|link| &link.entry)
    }

    pub(super) fn forget_first(&mut self) {
        if let Some(first) = self.link(self.first) {
            self.forget(first.value);
        }
    }

    pub(super) fn forget(&mut self, value: u64) {
        let links = &self.links;
        let hash = self.hasher.hash_one(value);
        let place = (self.places).find_entry(hash, |at| value_at(links, *at) == Some(value));
        if let Ok(place) = place {
            let (at, _) = place.remove();
            self.unlink(at);
            let free = self.free;
            if let Some(link) = self.link_mut(at) {
                link.after = free;
                self.free = at;
            }
        }
    }

    pub(super) fn knows(&self, value: u64) -> bool {
        self.find(value).is_some()
    }

    /// Has the machine fetch what [`Many::see`] looks at.
    pub(super) fn fetch(&self, value: u64) {
        black_box(self.find(value).map(|link| link.before));
    }

    fn find(&self, value: u64) -> Option<&Link> {
        let hash = self.hasher.hash_one(value);
        let is_it = |at: &u32| value_at(&self.links, *at) == Some(value);
        let at = self.places.find(hash, is_it);
        self.link(*at?)
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Each value with its latest entry, in final order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Entry)> {
        let chain = std::iter::successors(self.link(self.first), |link| self.link(link.after));
        chain.map(|link| (link.value, link.entry))
    }

    /// Takes a link that is free, or one more.
    fn occupy(&mut self, at: u32, value: u64, entry: Entry) {
        let new = Link {
            value,
            entry,
            before: NONE,
            after: NONE,
        };
        if let Some(link) = self.link_mut(at) {
            let next = std::mem::replace(link, new).after;
            self.free = next;
        } else {
            self.links.push(new);
        }
    }

    /// Puts a link that is in no chain at the entry's place: nearly always close to the end.
    fn link_up(&mut self, at: u32, entry: Entry) {
        let (mut before, mut after) = (self.last, NONE);
        while let Some(link) = self.link(before)
            && link.entry.order() > entry.order()
        {
            (before, after) = (link.before, before);
        }
        if let Some(link) = self.link_mut(at) {
            link.entry = entry;
            (link.before, link.after) = (before, after);
        }
        self.join(before, at);
        self.join(at, after);
    }

    fn unlink(&mut self, at: u32) {
        if let Some(&Link { before, after, .. }) = self.link(at) {
            self.join(before, after);
        }
    }

    /// Has one follow on the other; before the first there is none, nor after the last.
    fn join(&mut self, before: u32, after: u32) {
        match self.link_mut(before) {
            Some(link) => link.after = after,
            None => self.first = after,
        }
        match self.link_mut(after) {
            Some(link) => link.before = before,
            None => self.last = before,
        }
    }

    fn link(&self, at: u32) -> Option<&Link> {
        self.links.get(at as usize)
    }

    fn link_mut(&mut self, at: u32) -> Option<&mut Link> {
        self.links.get_mut(at as usize)
    }
}

/// Which value the link at this place is of.
fn value_at(links: &[Link], at: u32) -> Option<u64> {
    links.get(at as usize).map(|link| link.value)
}

const NONE: u32 = u32::MAX;
const _: () = assert!(size_of::<Link>() == 64, "one line");

#[cfg(test)]
mod tests {
    use super::{Entry, Many};

    #[test]
    fn each_value_has_its_latest_entry_in_final_order() {
        let mut many = Many::of([]);
        let mut plain: Vec<(u64, Entry)> = Vec::new();
        let mut number = 7_u64;
        for n in 0..20_000_u64 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let value = number >> 33 & 63;
            // Some are late, some come at the same moment, some are forgotten.
            let time = (n / 2).saturating_sub(number >> 40 & 15);
            match number >> 50 & 15 {
                0 => {
                    many.forget(value);
                    plain.retain(|(known, _)| *known != value);
                }
                1 => {
                    many.forget_first();
                    plain.drain(..plain.len().min(1));
                }
                _ => {
                    let numbers = (time.cast_signed(), number, n);
                    let entry = Entry::again(numbers, 0, (0, n));
                    many.see(value, entry);
                    see(&mut plain, value, entry);
                }
            }
            assert!(many.iter().map(ids).eq(plain.iter().copied().map(ids)));
            assert_eq!(many.len(), plain.len());
            assert_eq!(many.knows(value), plain.iter().any(|(v, _)| *v == value));
            let ends = [many.first(), many.last()].map(|end| end.map(Entry::event_id));
            let plain = [plain.first(), plain.last()];
            assert_eq!(
                ends,
                plain.map(|end| end.map(|(_, entry)| entry.event_id()))
            );
        }
        assert!(many.links.len() <= 64, "places are used again");
    }

    fn see(plain: &mut Vec<(u64, Entry)>, value: u64, entry: Entry) {
        let known = plain.iter().find(|(known, _)| *known == value);
        if known.is_none_or(|(_, known)| known.order() <= entry.order()) {
            plain.retain(|(known, _)| *known != value);
            plain.push((value, entry));
            plain.sort_by_key(|(_, entry)| entry.order());
        }
    }

    fn ids((value, entry): (u64, Entry)) -> (u64, u128) {
        (value, entry.event_id())
    }
}
