//! What the measurements share: traffic, clocks, the engine at work.

mod clock;
mod traffic;

pub use clock::{cpu_seconds, least, wall_seconds};
pub use traffic::{Lines, flood, producer, traffic};

use jwtrail_detect::{AlertChange, Engine, Observation, RuleSet};
use jwtrail_event::Record;

/// Any failure ends the measurement.
pub type Failure = Box<dyn std::error::Error>;

/// Reads the lines and puts them through the rules, on this thread.
pub fn judge(rules: RuleSet, lines: &Lines) -> Result<Engine, Failure> {
    let mut engine = Engine::new(rules);
    let mut changes: Vec<AlertChange> = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        let record = Record::read(line)?;
        engine.observe(
            &Observation {
                record: &record,
                position: position as u64,
                received_at: record.time,
                producer: producer(&record),
            },
            &mut changes,
        );
        changes.clear();
    }
    Ok(engine)
}

/// The same in batches, on so many threads.
pub fn judge_in_batches(rules: RuleSet, lines: &Lines, threads: usize) -> Result<Engine, Failure> {
    let mut engine = Engine::new(rules).with_threads(threads);
    let mut changes: Vec<AlertChange> = Vec::new();
    let mut from = 0;
    while from < lines.len() {
        let count = BATCH.min(lines.len() - from);
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            if let Ok(record) = &Record::read(lines.get(from + index)) {
                observe(&Observation {
                    record,
                    position: (from + index) as u64,
                    received_at: record.time,
                    producer: producer(record),
                });
            }
        };
        engine.observe_batch(count, read, &mut changes);
        changes.clear();
        from += count;
    }
    if engine.position() != lines.len().checked_sub(1).map(|last| last as u64) {
        return Err("a line was not read".into());
    }
    Ok(engine)
}

const BATCH: usize = 16_384;
