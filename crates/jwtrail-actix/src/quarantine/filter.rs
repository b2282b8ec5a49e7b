/// Says of most names at the cost of a few instructions that no entry is of them. Of one that an
/// entry has it never does, so whoever finds names of which it says nothing gains nothing.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// A power of two of words, or none: then there are no names.
    words: Box<[u64]>,
}

impl Filter {
    /// With so much room that one name in thirty-two of others is not told from these.
    pub(super) fn for_many(names: usize) -> Self {
        let words = match names {
            0 => 0,
            names => names.div_ceil(NAMES_IN_A_WORD).next_power_of_two(),
        };
        Self {
            words: vec![0; words].into(),
        }
    }

    pub(super) fn add(&mut self, kind: u8, name: &str) {
        let (word, bit) = self.place(kind, name);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn may_have(&self, kind: u8, name: &str) -> bool {
        let (word, bit) = self.place(kind, name);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Both ends of the name count, and its length: ids differ at one of them at least.
    fn place(&self, kind: u8, name: &str) -> (usize, u64) {
        let bytes = name.as_bytes();
        let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
            _ => {
                let mut all = [0; 8];
                all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                [u64::from_le_bytes(all), 0]
            }
        };
        let [first, last] = ends;
        let length = bytes.len() as u64;
        let mixed = (first ^ length << 8 ^ u64::from(kind)).wrapping_mul(ODD) ^ last;
        let mixed = u128::from(mixed) * u128::from(ODD);
        let mixed = mixed as u64 ^ (mixed >> 64) as u64;
        let word = (mixed >> 6) as usize & self.words.len().wrapping_sub(1);
        (word, 1 << (mixed % 64))
    }
}

const NAMES_IN_A_WORD: usize = 2;
/// Of the golden ratio, so that each bit of a product depends on many.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_name_that_was_added_is_never_denied(names: Vec<(u8, String)>) {
            let mut filter = Filter::for_many(names.len());
            for (kind, name) in &names {
                filter.add(*kind, name);
            }
            for (kind, name) in &names {
                proptest::prop_assert!(filter.may_have(*kind, name));
            }
        }
    }

    #[test]
    fn most_others_are_denied() {
        let mut filter = Filter::for_many(1_000);
        for number in 0..1_000 {
            filter.add(1, &format!("user-{number:06}"));
        }
        let others = (1_000..11_000).map(|number| format!("user-{number:06}"));
        let taken_for_ours = others.filter(|name| filter.may_have(1, name)).count();
        assert!(taken_for_ours < 600, "{taken_for_ours}");
        let of_another_kind = (0..1_000).map(|number| format!("user-{number:06}"));
        let taken_for_ours = of_another_kind.filter(|name| filter.may_have(2, name));
        assert!(taken_for_ours.count() < 60);
    }

    #[test]
    fn nothing_is_in_an_empty_one() {
        for filter in [Filter::default(), Filter::for_many(0)] {
            assert!(!filter.may_have(1, "") && !filter.may_have(1, "somebody"));
        }
    }
}
