mod waiting;
mod whole;

use std::collections::BTreeMap;
use std::sync::Mutex;

use jwtrail_event::Record;
use serde::Serialize;

use self::waiting::Waiting;
use self::whole::Whole;
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
    /// Lines that are taken in together.
    waiting: Waiting,
    /// How many those are.
    batch: usize,
    skipped: Vec<SkippedLine>,
    skipped_lines: u64,
    changes: Vec<AlertChange>,
    alerts: BTreeMap<AlertId, Alert>,
    order: Vec<AlertId>,
    whole: Option<Whole>,
}

impl Replay {
    /// Starts with nothing seen.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self {
            engine: Engine::new(rules),
            lines: 0,
            events: 0,
            waiting: Waiting::default(),
            batch: 1,
            skipped: Vec::new(),
            skipped_lines: 0,
            changes: Vec::new(),
            alerts: BTreeMap::new(),
            order: Vec::new(),
            whole: None,
        }
    }

    /// The same replay on so many threads. It then takes in some thousand lines at once, so that
    /// [`Replay::alerts`] lags; what comes out in the end does not change.
    ///
    /// ```
    /// use jwtrail_detect::{Replay, RuleSet};
    /// let replay = Replay::new(RuleSet::embedded().unwrap()).with_threads(2);
    /// assert_eq!(replay.finish().1.events, 0);
    /// ```
    #[must_use]
    pub fn with_threads(mut self, count: usize) -> Self {
        self.engine = self.engine.with_threads(count);
        self.batch = match count > 1 || self.whole.is_some() {
            true => BATCH,
            false => 1,
        };
        self
    }

    /// The same replay, in which alerts that are part of a service's alert say so
    /// ([`Alert::part_of`]), as [`Collapse`](crate::Collapse) has it. Alerts come by the time at
    /// which they were raised.
    ///
    /// ```
    /// use jwtrail_detect::{Replay, RuleSet};
    /// let replay = Replay::new(RuleSet::embedded().unwrap()).with_collapse();
    /// assert!(replay.finish().0.is_empty());
    /// ```
    #[must_use]
    pub fn with_collapse(mut self) -> Self {
        self.whole = Some(Whole::default());
        // What is taken in together decides what is known when an alert comes: it must not go by
        // the number of threads.
        self.batch = BATCH;
        self
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
        self.waiting.push(self.lines, line);
        if self.waiting.len() >= self.batch || self.waiting.bytes() >= BATCH_BYTES {
            self.take_in();
        }
    }

    /// Takes in the lines that wait.
    fn take_in(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        // A line may be read more than once, on any thread.
        let problems: Mutex<BTreeMap<usize, String>> = Mutex::default();
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            let (number, line) = waiting.get(index);
            match Record::read(line) {
                Ok(record) => observe_record(&record, number, observe),
                Err(error) => {
                    if let Ok(mut problems) = problems.lock() {
                        problems.insert(index, error.to_string());
                    }
                }
            }
        };
        self.engine
            .observe_batch(waiting.len(), read, &mut self.changes);
        if let Some(whole) = &mut self.whole {
            for index in 0..waiting.len() {
                read(index, &mut |observation| {
                    whole.observe(observation, &mut self.changes);
                });
            }
        }
        let problems = problems.into_inner().unwrap_or_default();
        self.events += (waiting.len() - problems.len()) as u64;
        self.skipped_lines += problems.len() as u64;
        for (index, problem) in problems {
            if self.skipped.len() < MAX_SKIPPED {
                let (line, _) = waiting.get(index);
                self.skipped.push(SkippedLine { line, problem });
            }
        }
        waiting.clear();
        self.waiting = waiting;
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
        self.take_in();
        let held = self.engine.stats();
        self.engine.finish(&mut self.changes);
        self.keep();
        if let Some(whole) = &mut self.whole {
            whole.finish(&mut self.changes);
        }
        self.keep();
        let mut alerts: Vec<Alert> = self
            .order
            .iter()
            .filter_map(|id| self.alerts.remove(id))
            .collect();
        if self.whole.is_some() {
            alerts.sort_by_key(|alert| (alert.raised_at, alert.id));
        }
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
        if let Some(whole) = &mut self.whole {
            whole.gather(&mut self.changes);
        }
        for change in self.changes.drain(..) {
            let alert = change.into_alert();
            if !self.alerts.contains_key(&alert.id) {
                self.order.push(alert.id);
            }
            self.alerts.insert(alert.id, alert);
        }
    }
}

fn observe_record(record: &Record<'_>, position: u64, observe: &mut dyn FnMut(&Observation<'_>)) {
    let writer;
    let producer = match &record.producer {
        Some(producer) => producer.as_str(),
        None => {
            writer = format!("{}/{}", record.service.as_str(), record.instance.as_str());
            &writer
        }
    };
    observe(&Observation {
        record,
        position,
        received_at: record.received_at.unwrap_or(record.time),
        producer,
    });
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
/// How many lines are taken in together where there are threads, unless they are long.
const BATCH: usize = 16_384;
const BATCH_BYTES: usize = 16 * 1024 * 1024;
