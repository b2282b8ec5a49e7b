//! A sink that keeps every line, and says what a boot's records must always be.

use std::sync::{Arc, Mutex};

use jwtrail_actix::{Batch, Sink, SinkError};
use jwtrail_event::{Clock, Counts, EventName, Record, Timestamp};

#[derive(Clone, Debug, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(crate) fn sink(&self) -> Box<dyn Sink> {
        Box::new(self.clone())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn records(&self) -> Vec<Seen> {
        seen(&self.bytes())
    }
}

impl Sink for Capture {
    fn name(&self) -> &str {
        "capture"
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        self.0.lock().unwrap().extend_from_slice(batch.bytes());
        Ok(())
    }
}

/// What the tests ask of a record.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) seq: u64,
    pub(crate) event: EventName,
    pub(crate) target: Option<String>,
    pub(crate) counts: Option<Counts>,
    pub(crate) last: bool,
    pub(crate) dropped: u64,
    pub(crate) line: String,
}

pub(crate) fn seen(bytes: &[u8]) -> Vec<Seen> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| {
            let record = Record::read(line).unwrap();
            Seen {
                seq: record.seq,
                event: record.event,
                target: record.target.as_ref().map(|text| text.as_str().to_owned()),
                counts: record.counts,
                last: record.r#final == Some(true),
                dropped: record.dropped_count.unwrap_or(0),
                line: String::from_utf8(line.to_vec()).unwrap(),
            }
        })
        .collect()
}

/// Every number from 0 on exactly once.
pub(crate) fn assert_gapless(records: &[Seen]) {
    let mut seqs: Vec<u64> = records.iter().map(|record| record.seq).collect();
    seqs.sort_unstable();
    let whole: Vec<u64> = (0..records.len() as u64).collect();
    assert_eq!(seqs, whole);
}

#[derive(Debug)]
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000)
    }
}
