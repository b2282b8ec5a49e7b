mod rows;
mod seed;

pub(super) use rows::Rows;
use seed::Seed;

/// What is kept by the hash of a key.
///
/// Whoever sends events chooses the keys and can work out their hashes. Where a key lies
/// depends on a secret seed as well, so nobody can pile keys up in one place; and nothing that
/// the engine says depends on where keys lie.
#[derive(Debug)]
pub(super) struct Table<V> {
    /// 0 where nothing is, else the key's mark and its row's number from 1. A key lies at the
    /// first free place from the one that its mark names.
    places: Vec<u64>,
    seed: Seed,
    rows: Rows<(u128, V)>,
}

impl<V> Table<V> {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            seed: Seed::random(),
            rows: Rows::new(),
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row of a key.
    pub(super) fn find(&self, hash: u128) -> Option<Row> {
        let (_, row) = self.place(hash)?;
        Some(row)
    }

    /// The row that is most likely a key's, without a look at it: most of a look-up's time is
    /// the way to the row. None where the key is not there.
    pub(super) fn guess(&self, hash: u128) -> Option<Row> {
        let (_, row) = self.probe(hash, |_| true)?;
        Some(row)
    }

    /// The row of a key, which is most likely this one.
    pub(super) fn find_near(&self, hash: u128, guess: Option<Row>) -> Option<Row> {
        let is_it = |row: &Row| self.get(*row).is_some_and(|(key, _)| key == hash);
        guess.filter(is_it).or_else(|| self.find(hash))
    }

    /// What lies where a look-up of a key begins: to have the machine fetch it.
    #[inline]
    pub(super) fn begin(&self, hash: u128) -> u64 {
        let at = || home(u64::from(self.seed.mark(hash)) << 32, self.places.len());
        let lies = (!self.places.is_empty()).then(|| self.places.get(at()));
        lies.flatten().copied().unwrap_or_default()
    }

    /// The key and what is kept in a row.
    pub(super) fn get_mut(&mut self, row: Row) -> Option<(u128, &mut V)> {
        let (hash, value) = self.rows.get_mut(row.0)?;
        Some((*hash, value))
    }

    /// What is kept in a row.
    pub(super) fn get(&self, row: Row) -> Option<(u128, &V)> {
        self.at(row.0)
    }

    /// The same, of the row of this number.
    pub(super) fn at(&self, number: u32) -> Option<(u128, &V)> {
        let (hash, value) = self.rows.get(number)?;
        Some((*hash, value))
    }

    /// How many rows there are, whether in use or not.
    pub(super) fn rows(&self) -> u32 {
        u32::try_from(self.rows.room()).unwrap_or(u32::MAX)
    }

    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, hash: u128, value: V) -> Row {
        if (self.len() + 1) * 4 > self.places.len() * 3 {
            self.grow();
        }
        let row = self.rows.add((hash, value));
        let mark = self.seed.mark(hash);
        put(
            &mut self.places,
            (u64::from(mark) << 32) | (u64::from(row) + 1),
        );
        Row(row)
    }

    pub(super) fn remove(&mut self, hash: u128) -> Option<V> {
        let (mut hole, row) = self.place(hash)?;
        let (_, value) = self.rows.remove(row.0)?;
        // What lies behind the hole and could lie in it moves up.
        let mut at = hole;
        loop {
            at = next(at, self.places.len());
            let Some(&lies) = self.places.get(at) else {
                break;
            };
            if lies == 0 {
                break;
            }
            let home = home(lies, self.places.len());
            let away = at.wrapping_sub(home) & (self.places.len() - 1);
            let gap = at.wrapping_sub(hole) & (self.places.len() - 1);
            if away >= gap {
                self.set(hole, lies);
                hole = at;
            }
        }
        self.set(hole, 0);
        Some(value)
    }

    /// All, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, &V)> {
        self.rows.iter().map(|(hash, value)| (*hash, value))
    }

    fn place(&self, hash: u128) -> Option<(usize, Row)> {
        let is_it = |(key, _): &(u128, V)| *key == hash;
        self.probe(hash, |row| self.rows.get(row).is_some_and(is_it))
    }

    /// The first place with a key's mark whose row is the one.
    #[inline]
    fn probe(&self, hash: u128, is_it: impl Fn(u32) -> bool) -> Option<(usize, Row)> {
        if self.places.is_empty() {
            return None;
        }
        let mark = self.seed.mark(hash);
        let mut at = home(u64::from(mark) << 32, self.places.len());
        loop {
            let lies = *self.places.get(at)?;
            if lies == 0 {
                return None;
            }
            let row = row_of(lies);
            if lies >> 32 == u64::from(mark) && is_it(row) {
                return Some((at, Row(row)));
            }
            at = next(at, self.places.len());
        }
    }

    fn set(&mut self, at: usize, lies: u64) {
        if let Some(place) = self.places.get_mut(at) {
            *place = lies;
        }
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(SMALLEST);
        let former = std::mem::replace(&mut self.places, vec![0; size]);
        for lies in former.into_iter().filter(|lies| *lies != 0) {
            put(&mut self.places, lies);
        }
    }
}

/// Where a key's value is, for as long as the key is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row(u32);

impl Row {
    /// No row at all.
    pub(super) const NONE: Self = Self(u32::MAX);
}

fn put(places: &mut [u64], lies: u64) {
    let mut at = home(lies, places.len());
    while places.get(at).is_some_and(|there| *there != 0) {
        at = next(at, places.len());
    }
    if let Some(place) = places.get_mut(at) {
        *place = lies;
    }
}

/// The place that a mark names, by its first bits.
const fn home(lies: u64, size: usize) -> usize {
    (lies >> (64 - size.trailing_zeros())) as usize
}

const fn next(at: usize, size: usize) -> usize {
    (at + 1) & (size - 1)
}

const fn row_of(lies: u64) -> u32 {
    (lies as u32).wrapping_sub(1)
}

const SMALLEST: usize = 16;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Table;

    proptest! {
        #[test]
        fn does_what_a_tree_does(steps in prop::collection::vec((0..4_u8, 0..90_u128), 0..2_000)) {
            let mut table = Table::new();
            let mut tree = BTreeMap::new();
            for (n, (what, key)) in steps.into_iter().enumerate() {
                let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
                let row = table.find(hash);
                prop_assert!(row.is_none() || table.guess(hash).is_some());
                match row {
                    Some(row) if what == 0 => {
                        prop_assert_eq!(table.remove(hash), tree.remove(&hash));
                        prop_assert!(table.get_mut(row).is_none());
                    }
                    Some(row) => {
                        let (key, value) = table.get_mut(row).unwrap();
                        prop_assert_eq!(key, hash);
                        prop_assert_eq!(Some(*value), tree.insert(hash, n));
                        *value = n;
                    }
                    None if what == 0 => prop_assert_eq!(table.remove(hash), tree.remove(&hash)),
                    None => {
                        table.insert(hash, n);
                        prop_assert_eq!(tree.insert(hash, n), None);
                    }
                }
                prop_assert_eq!(table.len(), tree.len());
            }
            let held: BTreeMap<u128, usize> = table.iter().map(|(k, v)| (k, *v)).collect();
            prop_assert_eq!(held, tree);
        }
    }

    #[test]
    fn rows_of_keys_that_went_are_used_again() {
        let mut table = Table::new();
        for key in 0..100_000_u128 {
            table.insert(key, ());
            if key >= 100 {
                table.remove(key - 100);
            }
        }
        assert_eq!(table.len(), 100);
        assert_eq!(table.rows(), 101);
        assert!(table.places.len() <= 256);
    }
}
