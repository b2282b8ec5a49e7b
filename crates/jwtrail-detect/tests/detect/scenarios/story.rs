//! What happened, put in order and written down as services would have.

use std::collections::BTreeMap;

use jwtrail_event::{EventId, SpanId, Text, Timestamp, TraceId};

use super::told::Told;

/// A Monday, 09:00 UTC, in milliseconds.
pub(crate) const MORNING: i64 = 1_772_442_000_000;
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Events of one log.
#[derive(Debug, Default)]
pub(crate) struct Story {
    told: Vec<Told>,
}

impl Story {
    /// An event so many milliseconds after the morning began.
    pub(crate) fn at(&mut self, millis: i64, mut event: Told) {
        event.record.time = Timestamp::from_millis(MORNING + millis);
        self.told.push(event);
    }

    /// The same event several times, so far apart.
    pub(crate) fn each(&mut self, millis: i64, gap: i64, count: i64, event: impl Fn(i64) -> Told) {
        for number in 0..count {
            self.at(millis + number * gap, event(number));
        }
    }

    /// The log: in the order of time, numbered, each record with ids of its own.
    pub(crate) fn written(mut self) -> String {
        self.told.sort_by_key(|told| told.record.time);
        let mut numbers: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut lines = Vec::new();
        for (told, at) in self.told.iter_mut().zip(1_u64..) {
            let record = &mut told.record;
            let boot = (record.instance.as_str(), record.boot_id.as_str());
            let number = numbers.entry((boot.0.to_owned(), boot.1.to_owned()));
            let number = number.or_insert(0);
            *number += told.skipped;
            record.seq = *number;
            *number += 1;
            if let Some(last) = &mut record.last_seq {
                *last = record.seq;
            }
            let random = u128::from(mixed(at)) << 64 | u128::from(mixed(!at));
            let [_, _, _, _, _, _, random10 @ ..] = random.to_be_bytes();
            record.event_id = EventId::v7(record.time, &random10);
            let trace = told.trace.map_or(random, |trace| {
                u128::from(mixed(trace)) << 64 | u128::from(trace)
            });
            record.trace_id = TraceId::from_bits(trace);
            record.span_id = SpanId::from_bits(mixed(at.rotate_left(32)));
            record.correlation_id = Text::from(format!("{:016x}", mixed(at + 1_000_000)));
            record.write_ndjson(&mut lines);
        }
        String::from_utf8(lines).unwrap()
    }
}

/// A number that looks like none in particular (SplitMix64).
pub(super) const fn mixed(number: u64) -> u64 {
    let mut mix = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ (mix >> 31)
}
