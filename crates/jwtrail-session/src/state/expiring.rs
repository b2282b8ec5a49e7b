use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use jwtrail_event::Timestamp;
use jwtrail_verify::AlreadyHashed;

/// A bounded map whose entries end.
///
/// Each insertion first drops what has ended, so memory follows what is alive, and the cost of
/// an insertion is logarithmic.
#[derive(Debug)]
pub(super) struct Expiring<V> {
    /// Their keys are keyed hashes or random.
    entries: HashMap<u128, Entry<V>, AlreadyHashed>,
    // May name entries that were changed since: they are looked at again when their time comes.
    ends: BinaryHeap<Reverse<(Timestamp, u128)>>,
    capacity: usize,
    /// When the entries were last searched for some to give up.
    searched: Option<Timestamp>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    until: Timestamp,
}

impl<V> Expiring<V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            entries: HashMap::default(),
            ends: BinaryHeap::new(),
            capacity,
            searched: None,
        }
    }

    pub(super) fn live(&self, key: u128, now: Timestamp) -> Option<&V> {
        let entry = self.entries.get(&key)?;
        (now < entry.until).then_some(&entry.value)
    }

    pub(super) fn live_mut(&mut self, key: u128, now: Timestamp) -> Option<&mut V> {
        let entry = self.entries.get_mut(&key)?;
        (now < entry.until).then_some(&mut entry.value)
    }

    /// Puts a value in until a moment; `Err` when there is no room for another key.
    pub(super) fn put(
        &mut self,
        key: u128,
        value: V,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), NoRoom> {
        if !self.has_room(now) && !self.entries.contains_key(&key) {
            return Err(NoRoom);
        }
        self.entries.insert(key, Entry { value, until });
        self.note_end(key, until);
        Ok(())
    }

    /// Whether there is room for another key, after what has ended was dropped.
    pub(super) fn has_room(&mut self, now: Timestamp) -> bool {
        self.drop_ended(now);
        self.entries.len() < self.capacity
    }

    /// Lets an entry end at another moment.
    pub(super) fn end_at(&mut self, key: u128, until: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&key)
            && entry.until != until
        {
            entry.until = until;
            self.note_end(key, until);
        }
    }

    /// Whether the entries may be searched now: it takes a while, so once a second at most.
    pub(super) fn may_search(&mut self, now: Timestamp) -> bool {
        let due = self
            .searched
            .is_none_or(|last| now.micros_since(last).unsigned_abs() >= 1_000_000);
        if due {
            self.searched = Some(now);
        }
        due
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, &V)> {
        self.entries.iter().map(|(key, entry)| (*key, &entry.value))
    }

    /// Drops an entry before its end.
    pub(super) fn remove(&mut self, key: u128) {
        self.entries.remove(&key);
    }

    fn note_end(&mut self, key: u128, until: Timestamp) {
        self.ends.push(Reverse((until, key)));
        // An entry that is put again and again leaves a note each time.
        if self.ends.len() > 2 * self.entries.len() + 64 {
            let alive = self.entries.iter();
            self.ends = alive
                .map(|(key, entry)| Reverse((entry.until, *key)))
                .collect();
        }
    }

    fn drop_ended(&mut self, now: Timestamp) {
        while let Some(Reverse((at, key))) = self.ends.peek().copied()
            && at <= now
        {
            self.ends.pop();
            if self
                .entries
                .get(&key)
                .is_some_and(|entry| entry.until <= now)
            {
                self.entries.remove(&key);
            }
        }
    }
}

/// There is no room for another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_gone_and_makes_room() {
        let mut map = Expiring::new(2);
        assert_eq!(map.put(1, 'a', at(10), at(0)), Ok(()));
        assert_eq!(map.put(2, 'b', at(20), at(0)), Ok(()));
        assert_eq!(map.put(3, 'c', at(30), at(9)), Err(NoRoom));
        assert_eq!(map.live(1, at(9)), Some(&'a'));
        assert_eq!(map.live(1, at(10)), None);
        assert_eq!(map.live_mut(1, at(9)), Some(&mut 'a'));
        assert_eq!(map.live_mut(1, at(10)), None);
        assert_eq!(map.put(3, 'c', at(30), at(10)), Ok(()));
        assert_eq!(map.live(3, at(29)), Some(&'c'));
    }

    #[test]
    fn an_entry_that_is_put_again_ends_when_the_last_one_says() {
        let mut map = Expiring::new(1);
        map.put(1, 'a', at(10), at(0)).unwrap();
        map.put(1, 'b', at(30), at(5)).unwrap();
        assert_eq!(map.put(2, 'c', at(40), at(20)), Err(NoRoom));
        assert_eq!(map.live(1, at(20)), Some(&'b'));
        map.end_at(1, at(25));
        assert_eq!(map.put(2, 'c', at(40), at(25)), Ok(()));
    }

    #[test]
    fn notes_of_ends_are_bounded_too() {
        let mut map = Expiring::new(1);
        for second in 0..10_000 {
            map.put(1, (), at(1_000_000 + second), at(0)).unwrap();
        }
        assert!(map.ends.len() < 100, "{}", map.ends.len());
        assert!(map.put(2, (), at(2_000_000), at(1_009_998)).is_err());
        assert!(map.put(2, (), at(2_000_000), at(1_009_999)).is_ok());
    }

    #[test]
    fn the_entries_are_searched_once_a_second_at_most_whatever_the_clock_does() {
        let mut map = Expiring::<()>::new(1);
        assert!(map.may_search(at(9)));
        assert!(!map.may_search(at(9)));
        assert!(!map.may_search(at(10).plus_micros(-1)));
        assert!(map.may_search(at(10)));
        assert!(!map.may_search(at(9).plus_micros(1)));
        assert!(map.may_search(at(9)));
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }
}
