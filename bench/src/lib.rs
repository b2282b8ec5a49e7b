//! What the measurements share: traffic, clocks, the engine at work.

mod clock;
mod traffic;

pub use clock::{cpu_seconds, median, wall_seconds};
pub use traffic::{Lines, producer, traffic};

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
