use std::collections::{HashSet, VecDeque};

use jwtrail_event::{Record, Timestamp, Trust};

use super::subject;

/// About how many subjects were active within the last hour, in bounded memory however many come:
/// a sketch for each five minutes of arrival. It errs by a few in a hundred.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveSubjects {
    /// The oldest first: the number of five minutes, and its registers.
    buckets: VecDeque<(i64, Box<[u8]>)>,
}

impl ActiveSubjects {
    /// Counts whoever a token belongs to whose signature held, if its producer speaks for itself.
    pub(crate) fn learn(&mut self, record: &Record<'_>, native: &HashSet<String>) {
        let (Some(iss), Some(sub)) = (&record.token_iss, &record.token_sub) else {
            return;
        };
        let producer = record.producer.as_ref().map_or("", |name| name.as_str());
        if record.trust == Trust::None || !native.contains(producer) {
            return;
        }
        let arrived = record.received_at.unwrap_or(record.time);
        let bucket = arrived.as_seconds().div_euclid(BUCKET);
        let newest = self.buckets.back().map(|(number, _)| *number);
        // A clock that steps back counts to what is newest.
        if newest.is_none_or(|newest| bucket > newest) {
            let registers = vec![0; REGISTERS].into_boxed_slice();
            self.buckets.push_back((bucket, registers));
            while self
                .buckets
                .front()
                .is_some_and(|(old, _)| *old <= bucket - KEPT)
            {
                self.buckets.pop_front();
            }
        }
        let hash = (subject::hash(iss.as_str(), sub.as_str()) >> 64) as u64;
        let at = usize::try_from(hash >> (64 - BITS)).unwrap_or_default();
        let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() + 1;
        if let Some((_, registers)) = self.buckets.back_mut()
            && let Some(register) = registers.get_mut(at)
        {
            *register = (*register).max(u8::try_from(rank).unwrap_or(u8::MAX));
        }
    }

    /// About how many there were within the hour up to now.
    pub(crate) fn within_the_hour(&self, now: Timestamp) -> u64 {
        let current = now.as_seconds().div_euclid(BUCKET);
        let mut all = [0_u8; REGISTERS];
        let recent = |(number, _): &&(i64, Box<[u8]>)| *number > current - KEPT;
        for (_, registers) in self.buckets.iter().filter(recent) {
            for (most, register) in all.iter_mut().zip(registers) {
                *most = (*most).max(*register);
            }
        }
        estimate(&all)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let rows = self.buckets.iter();
        rows.flat_map(|(number, registers)| {
            let number = number.to_be_bytes();
            number.into_iter().chain(registers.iter().copied())
        })
        .collect()
    }

    /// What was kept; nothing, if it is not that: then the breaker goes by its least.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut buckets = VecDeque::new();
        let (rows, rest) = bytes.as_chunks::<ROW>();
        for row in rows {
            if let Some((number, registers)) = row.split_first_chunk() {
                buckets.push_back((i64::from_be_bytes(*number), registers.into()));
            }
        }
        let ordered = buckets.iter().is_sorted_by_key(|(number, _)| *number);
        if !rest.is_empty() || !ordered {
            return Self::default();
        }
        Self { buckets }
    }
}

/// HyperLogLog (Flajolet et al., 2007), with linear counting where few registers are filled.
fn estimate(registers: &[u8; REGISTERS]) -> u64 {
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

const BITS: u32 = 12;
const REGISTERS: usize = 1 << BITS;
const ROW: usize = 8 + REGISTERS;
/// Seconds.
const BUCKET: i64 = 300;
/// So many make an hour, with the one that has begun.
const KEPT: i64 = 12;

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Text};

    use super::*;

    fn see(active: &mut ActiveSubjects, second: i64, sub: &str, producer: &str, trust: Trust) {
        let time = Timestamp::from_seconds(second);
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        record.trust = trust;
        record.token_iss = Some(Text::from("https://login.example"));
        record.token_sub = Some(Text::from(sub));
        record.producer = Some(Text::from(producer));
        record.received_at = Some(time);
        active.learn(&record, &HashSet::from(["orders".to_owned()]));
    }

    #[test]
    fn few_are_counted_well_and_many_nearly() {
        let at = Timestamp::from_seconds(100);
        let mut active = ActiveSubjects::default();
        assert_eq!(active.within_the_hour(at), 0);
        for (many, least, most) in [(7, 7, 7), (1_000, 970, 1_030), (100_000, 94_000, 106_000)] {
            for one in 0..many {
                see(
                    &mut active,
                    100,
                    &format!("user-{one}"),
                    "orders",
                    Trust::Signed,
                );
            }
            let about = active.within_the_hour(at);
            assert!((least..=most).contains(&about), "{about} of {many}");
        }
        let again = ActiveSubjects::from_bytes(&active.to_bytes());
        assert_eq!(again.within_the_hour(at), active.within_the_hour(at));
        assert_eq!(ActiveSubjects::from_bytes(&[1; 5_000]).buckets.len(), 0);
    }

    #[test]
    fn it_is_the_last_hour_of_those_who_can_be_trusted() {
        let mut active = ActiveSubjects::default();
        see(&mut active, 0, "early", "orders", Trust::Verified);
        see(&mut active, 3_000, "late", "orders", Trust::Verified);
        see(&mut active, 3_000, "late", "orders", Trust::Verified);
        see(&mut active, 3_000, "forged", "orders", Trust::None);
        see(&mut active, 3_000, "converted", "gateway", Trust::Verified);
        let within = |second| active.within_the_hour(Timestamp::from_seconds(second));
        assert_eq!(within(3_000), 2);
        assert_eq!(within(3_900), 1);
        assert_eq!(within(9_000), 0);
    }
}
