use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How many different ones there are: exactly while they are few, then nearly, in bounded memory.
/// It depends on who is in it and not on the order of their coming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Crowd {
    Few(BTreeSet<u64>),
    /// The registers of a HyperLogLog.
    Many(Vec<u8>),
}

impl Default for Crowd {
    fn default() -> Self {
        Self::Few(BTreeSet::new())
    }
}

impl Crowd {
    pub(super) fn add(&mut self, one: u64) {
        match self {
            Self::Few(set) => {
                set.insert(one);
                if set.len() > FEW {
                    let mut registers = vec![0; 1 << BITS];
                    set.iter().for_each(|one| mark(&mut registers, *one));
                    *self = Self::Many(registers);
                }
            }
            Self::Many(registers) => mark(registers, one),
        }
    }

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Few(set) => set.len() as u64,
            Self::Many(registers) => estimate(registers),
        }
    }
}

fn mark(registers: &mut [u8], hash: u64) {
    let at = usize::try_from(hash >> (64 - BITS)).unwrap_or_default();
    let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() + 1;
    if let Some(register) = registers.get_mut(at) {
        *register = (*register).max(u8::try_from(rank).unwrap_or(u8::MAX));
    }
}

fn estimate(registers: &[u8]) -> u64 {
    let count = f64::from(1_u32 << BITS);
    let sum: f64 = registers
        .iter()
        .map(|rank| 0.5_f64.powi(i32::from(*rank)))
        .sum();
    let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
    let empty = registers.iter().filter(|rank| **rank == 0).count();
    let empty = u32::try_from(empty).map_or(0.0, f64::from);
    let about = if raw <= 2.5 * count && empty > 0.0 {
        count * (count / empty).ln()
    } else {
        raw
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative, and far below 2^64"
    )]
    let about = about.round() as u64;
    about
}

const BITS: u32 = 10;
const FEW: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    #[test]
    fn few_are_counted_exactly_and_many_nearly_in_any_order() {
        let hash = |one: u32| Hash::new("t").part(&one.to_string()).short();
        for (many, least, most) in [(20, 20, 20), (256, 256, 256), (5_000, 4_500, 5_500)] {
            let (mut up, mut down) = (Crowd::default(), Crowd::default());
            (0..many).for_each(|one| up.add(hash(one)));
            (0..many).rev().for_each(|one| down.add(hash(one)));
            (0..many).for_each(|one| down.add(hash(one)));
            assert_eq!(up, down);
            assert!(
                (least..=most).contains(&up.count()),
                "{many}: {}",
                up.count()
            );
        }
    }
}
