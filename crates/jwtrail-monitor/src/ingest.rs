//! From a body of NDJSON to a batch for the log.

use jwtrail_event::{Record, Text, Timestamp, Violation};
use jwtrail_store::Batch;
use serde::Serialize;

use crate::producers::Producer;

/// What a body holds.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub(crate) batch: Batch,
    pub(crate) rejected: Vec<RejectedLine>,
}

/// A line that was not taken in.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RejectedLine {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) problem: String,
}

/// How many lines a body has that are not blank.
pub(crate) fn count(body: &[u8]) -> usize {
    body.split(|byte| *byte == b'\n')
        .filter(|line| !is_blank(line))
        .count()
}

/// Reads a body. Lines that can't be kept are named and the others are taken: a sender that
/// had to keep a line for good would come to a stand.
pub(crate) fn read(body: &[u8], producer: &Producer, now: Timestamp) -> Intake {
    let mut intake = Intake::default();
    for (line, bytes) in (1..).zip(body.split(|byte| *byte == b'\n')) {
        if is_blank(bytes) {
            continue;
        }
        match Record::read(bytes) {
            Ok(record) if !producer.writes_as(record.service.as_str()) => {
                intake.reject(line, foreign(record.service.as_str(), &producer.name));
            }
            Ok(record) if record.event_id.as_u128() == 0 => {
                intake.reject(line, "event_id is all zeros".to_owned());
            }
            Ok(record) if let Some(violation) = misplaced(&record) => {
                intake.reject(line, format!("{violation}: it would be believed"));
            }
            Ok(mut record) => {
                record.producer = Some(Text::from(&producer.name));
                record.received_at = Some(now);
                record.position = None;
                intake.batch.push(&record);
            }
            Err(error) => intake.reject(line, error.to_string()),
        }
    }
    intake
}

impl Intake {
    fn reject(&mut self, line: usize, problem: String) {
        self.rejected.push(RejectedLine { line, problem });
    }
}

fn foreign(service: &str, producer: &str) -> String {
    format!(
        "the producer `{producer}` may not write as the service `{}`; register the service for it \
         at the monitor, or send with the credential of the service",
        printable(service)
    )
}

/// What a record says and may not, such as a subject that no signature vouches for: rules and
/// searches would take it at its word. What it lacks, and other additions, are
/// its own affair.
fn misplaced(record: &Record<'_>) -> Option<Violation> {
    let mut found = record.violations().into_iter();
    found.find(|violation| match violation {
        Violation::Misplaced(field) => {
            field.starts_with("token_") || matches!(*field, "trust" | "client_id" | "scope_class")
        }
        Violation::Missing(_) => false,
    })
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn printable(service: &str) -> String {
    let shown = service.chars().take(64);
    shown
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
