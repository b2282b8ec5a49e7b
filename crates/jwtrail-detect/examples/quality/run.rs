use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use jwtrail_detect::generate::{Cause, Generator, Injection, Settings};
use jwtrail_detect::{
    Alert, AlertChange, AlertId, Engine, EngineStats, Observation, RuleSet, Severity,
};
use jwtrail_event::{EventName, Timestamp};

use crate::Failure;
use crate::options::{Options, RuleFile};

/// What one run of traffic gave.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) truth: Vec<Injection>,
    pub(crate) alerts: Vec<Seen>,
    pub(crate) stats: EngineStats,
    /// Honest records, heartbeats apart.
    pub(crate) honest: u64,
    pub(crate) heartbeats: u64,
    pub(crate) subjects: u64,
    pub(crate) days: u32,
    pub(crate) generating: f64,
    pub(crate) whole: f64,
}

impl Outcome {
    /// What is needed to find out why something was or was not found.
    pub(crate) fn show(&self) {
        for injection in &self.truth {
            println!("{injection:?}");
        }
        let injected = |seen: &&Seen| {
            let id = seen.alert.decisive_event_id.parse().ok();
            matches!(id.and_then(Cause::of), Some(Cause::Injection(_)))
        };
        for Seen { alert, rises } in self.alerts.iter().filter(injected) {
            println!(
                "{} {}: {} to {}, {} events, decided at {}, told {rises:?}",
                alert.rule,
                alert.key.display,
                alert.first_time,
                alert.last_time,
                alert.count,
                alert.raised_at
            );
        }
    }
}

/// An alert, and when it became how severe.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) alert: Alert,
    pub(crate) rises: Vec<(Severity, Timestamp)>,
}

/// The alerts of one engine, as they come.
#[derive(Debug)]
pub(crate) struct Watch {
    engine: Engine,
    changes: Vec<AlertChange>,
    seen: Vec<Seen>,
    by_id: BTreeMap<AlertId, usize>,
}

impl Watch {
    pub(crate) fn new(rules: RuleSet) -> Self {
        Self {
            engine: Engine::new(rules),
            changes: Vec::new(),
            seen: Vec::new(),
            by_id: BTreeMap::new(),
        }
    }

    pub(crate) fn observe(&mut self, observation: &Observation<'_>) {
        self.engine.observe(observation, &mut self.changes);
        if !self.changes.is_empty() {
            self.keep(observation.received_at);
        }
    }

    pub(crate) fn finish(mut self, now: Timestamp) -> Vec<Seen> {
        self.engine.finish(&mut self.changes);
        self.keep(now);
        self.seen
    }

    fn keep(&mut self, now: Timestamp) {
        for change in self.changes.drain(..) {
            let alert = change.into_alert();
            let fresh = self.seen.len();
            let at = *self.by_id.entry(alert.id).or_insert(fresh);
            let rise = (alert.severity, now);
            match self.seen.get_mut(at) {
                Some(seen) => {
                    if seen.alert.severity < alert.severity {
                        seen.rises.push(rise);
                    }
                    seen.alert = alert;
                }
                None => self.seen.push(Seen {
                    alert,
                    rises: vec![rise],
                }),
            }
        }
    }
}

/// Runs every seed, as many at once as there are processors.
pub(crate) fn all(options: &Options, files: &[RuleFile]) -> Result<Vec<Outcome>, Failure> {
    let rules = parse(files)?;
    let next = Mutex::new(options.seeds.clone());
    let outcomes = Mutex::new(Vec::new());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                loop {
                    let seed = next.lock().ok().and_then(|mut seeds| seeds.next());
                    let Some(seed) = seed else { break };
                    let outcome = one(&options.settings(seed), rules.clone());
                    eprintln!(
                        "seed {seed}: {} records in {:.0} s",
                        outcome.honest + outcome.heartbeats,
                        outcome.whole
                    );
                    if let Ok(mut outcomes) = outcomes.lock() {
                        outcomes.push(outcome);
                    }
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner()?;
    outcomes.sort_by_key(|outcome| outcome.seed);
    Ok(outcomes)
}

pub(crate) fn parse(files: &[RuleFile]) -> Result<RuleSet, Failure> {
    let files = files.iter().map(|(name, text)| (&**name, &**text));
    Ok(RuleSet::parse(files)?)
}

/// One run of traffic through all rules.
pub(crate) fn one(settings: &Settings, rules: RuleSet) -> Outcome {
    let (records, generating) = timed(|| Generator::new(settings).records());
    let mut watch = Watch::new(rules);
    let (mut outcome, whole) = timed(|| feed(settings, |observation| watch.observe(observation)));
    debug_assert!(records >= outcome.honest);
    outcome.stats = watch.engine.stats();
    outcome.alerts = watch.finish(Timestamp::MAX);
    outcome.generating = generating;
    outcome.whole = whole;
    outcome
}

/// Hands every record of the traffic to somebody.
pub(crate) fn feed(settings: &Settings, mut to: impl FnMut(&Observation<'_>)) -> Outcome {
    let mut generator = Generator::new(settings);
    let mut outcome = Outcome {
        seed: settings.seed,
        subjects: settings.subjects.into(),
        days: settings.days,
        ..Outcome::default()
    };
    let mut position = 0;
    while let Some(arrival) = generator.next() {
        position += 1;
        if matches!(arrival.cause, Cause::Honest(_)) {
            if arrival.record.event == EventName::Heartbeat {
                outcome.heartbeats += 1;
            } else {
                outcome.honest += 1;
            }
        }
        to(&Observation {
            record: &arrival.record,
            position,
            received_at: arrival.received_at,
            producer: arrival.producer,
        });
    }
    outcome.truth = generator.truth().to_vec();
    outcome
}

#[expect(
    clippy::disallowed_methods,
    reason = "the machine's time is what is asked"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64())
}
