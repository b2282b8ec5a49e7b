use std::collections::BTreeMap;

use jwtrail_event::{Record, Timestamp};
use serde::Serialize;

use crate::{Alert, AlertChange, AlertId, Engine, EngineStats, Observation, RuleSet};

/// The detectors over recorded events, line by line. The caller owns the files.
///
/// ```
/// use jwtrail_detect::{Replay, RuleSet};
///
/// let mut replay = Replay::new(RuleSet::embedded()?);
/// replay.line(b"not an event");
/// let (alerts, stats) = replay.finish();
/// assert!(alerts.is_empty());
/// assert_eq!(stats.skipped[0].line, 1);
/// # Ok::<(), jwtrail_detect::RuleError>(())
/// ```
#[derive(Debug)]
pub struct Replay {
    engine: Engine,
    lines: u64,
    events: u64,
    /// The arrival of the last event: never goes back.
    now: Timestamp,
    skipped: Vec<SkippedLine>,
    skipped_lines: u64,
    changes: Vec<AlertChange>,
    alerts: BTreeMap<AlertId, Alert>,
    order: Vec<AlertId>,
}

impl Replay {
    /// Starts with nothing seen.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self {
            engine: Engine::new(rules),
            lines: 0,
            events: 0,
            now: Timestamp::MIN,
            skipped: Vec::new(),
            skipped_lines: 0,
            changes: Vec::new(),
            alerts: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Takes in one line. Blank lines are passed over, unreadable ones are counted and named.
    ///
    /// An event's arrival is its `received_at`, or its own time where it has none; its producer
    /// is its `producer`, or its service and instance.
    pub fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        if line.trim_ascii().is_empty() {
            return;
        }
        match Record::read(line) {
            Ok(record) => self.record(&record),
            Err(error) => {
                self.skipped_lines += 1;
                if self.skipped.len() < MAX_SKIPPED {
                    self.skipped.push(SkippedLine {
                        line: self.lines,
                        problem: error.to_string(),
                    });
                }
            }
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        self.events += 1;
        self.now = self.now.max(record.received_at.unwrap_or(record.time));
        let writer;
        let producer = match &record.producer {
            Some(producer) => producer.as_str(),
            None => {
                writer = format!("{}/{}", record.service.as_str(), record.instance.as_str());
                &writer
            }
        };
        let observation = Observation {
            record,
            position: self.lines,
            received_at: self.now,
            producer,
        };
        self.engine.observe(&observation, &mut self.changes);
        self.keep();
    }

    /// The alerts so far, in the order in which they were raised.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.order.iter().filter_map(|id| self.alerts.get(id))
    }

    /// Says that nothing more will come: the final alerts in the order in which they were
    /// raised, and what was done.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Alert>, DetectStats) {
        let held = self.engine.stats();
        self.engine.finish(&mut self.changes);
        self.keep();
        let alerts: Vec<Alert> = self
            .order
            .iter()
            .filter_map(|id| self.alerts.remove(id))
            .collect();
        let stats = DetectStats {
            lines: self.lines,
            events: self.events,
            alerts: alerts.len(),
            skipped_lines: self.skipped_lines,
            skipped: self.skipped,
            keys: held.rules.iter().map(|rule| rule.keys).sum(),
            engine: held,
        };
        (alerts, stats)
    }

    fn keep(&mut self) {
        for change in self.changes.drain(..) {
            let alert = change.into_alert();
            if !self.alerts.contains_key(&alert.id) {
                self.order.push(alert.id);
            }
            self.alerts.insert(alert.id, alert);
        }
    }
}

/// What a replay did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DetectStats {
    /// Lines taken in.
    pub lines: u64,
    /// Events among them.
    pub events: u64,
    /// Alerts raised.
    pub alerts: usize,
    /// Lines that are no events.
    pub skipped_lines: u64,
    /// The first of those, at most 100.
    pub skipped: Vec<SkippedLine>,
    /// Keys held at the end, over all rules.
    pub keys: usize,
    /// The engine's own account, taken before everything was settled.
    pub engine: EngineStats,
}

/// A line that is no event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SkippedLine {
    /// Its number over all files, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
}

/// How many skipped lines are named.
const MAX_SKIPPED: usize = 100;
