//! A second opinion on every type of rule: an evaluator that looks at all events of a key again
//! for each of them, in final order, and knows nothing of windows, watermarks or snapshots.

mod baseline;
mod meaning;
mod rule;
mod sigma;
mod stream;
mod text;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jwtrail_detect::{Alert, AlertChange, Engine, MAX_EVIDENCE, Observation, RuleSet};
use jwtrail_event::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use meaning::Said;
use rule::{Drawn, rules, rules_of_the_usual, rules_that_wait};
use stream::{Stream, numbered, streams, weeks};

use crate::support::{Happening, START, feed};

/// What a final alert has to be, its handle left out: that one tells who was first to come. An
/// alert does not name all of its evidence where that is much: then none is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Final {
    key: String,
    decisive: u64,
    count: usize,
    evidence: Vec<u64>,
}

impl Final {
    fn with_what_is_named(mut self) -> Self {
        if self.count > MAX_EVIDENCE {
            self.evidence.clear();
        }
        self
    }
}

/// The final alerts of a rule over events in final order.
fn expected(drawn: &Drawn, stream: &Stream) -> BTreeSet<Final> {
    let mut by_key: BTreeMap<&str, Vec<&Happening>> = BTreeMap::new();
    for event in &stream.events {
        by_key.entry(&event.token).or_default().push(event);
    }
    let mut found = BTreeSet::new();
    for (key, mut mine) in by_key {
        mine.sort_by_key(|event| event.at);
        found.extend(episodes(drawn, key, &mine, stream.end()));
    }
    found
}

fn episodes(drawn: &Drawn, key: &str, events: &[&Happening], end: i64) -> Vec<Final> {
    let mut found: Vec<Final> = Vec::new();
    let mut open: Option<Final> = None;
    let mut last = i64::MIN;
    for moment in drawn.meaning.over(events, end) {
        if moment.said == Said::Ignored {
            continue;
        }
        if moment.at.saturating_sub(last) >= drawn.quiet {
            found.extend(open.take());
        }
        last = moment.at;
        let id = events[moment.event].id;
        match (&mut open, moment.said) {
            (Some(alert), _) => {
                alert.count += 1;
                alert.evidence.push(id);
            }
            (None, Said::Met(evidence)) => {
                let mut evidence: Vec<u64> = evidence.iter().map(|at| events[*at].id).collect();
                if !evidence.contains(&id) {
                    evidence.push(id);
                }
                open = Some(Final {
                    key: key.to_owned(),
                    decisive: id,
                    count: evidence.len(),
                    evidence,
                });
            }
            (None, _) => {}
        }
    }
    found.extend(open);
    for alert in &mut found {
        // A wait that ends tells of an event that was before others.
        alert.evidence.sort_unstable();
    }
    found.into_iter().map(Final::with_what_is_named).collect()
}

fn finals(changes: Vec<AlertChange>) -> BTreeSet<Final> {
    let resolved = |change| match change {
        AlertChange::Resolved(alert) => Some(alert),
        _ => None,
    };
    let alerts: Vec<Alert> = changes.into_iter().filter_map(resolved).collect();
    let count = alerts.len();
    let finals: BTreeSet<Final> = alerts.into_iter().map(final_of).collect();
    assert_eq!(finals.len(), count, "no alert twice");
    finals
}

fn final_of(alert: Alert) -> Final {
    assert!(alert.settled_id.is_some(), "{alert:?} was not settled");
    Final {
        key: alert.key.token_fp.or(alert.key.jti).unwrap(),
        decisive: number(&alert.decisive_event_id),
        count: usize::try_from(alert.count).unwrap(),
        evidence: alert
            .evidence
            .iter()
            .map(|e| number(&e.event_id.to_string()))
            .collect(),
    }
    .with_what_is_named()
}

/// The number that a happening's id was made of.
fn number(id: &str) -> u64 {
    let hex: String = id.chars().filter(|c| *c != '-').collect();
    u64::try_from(u128::from_str_radix(&hex, 16).unwrap() - 1).unwrap()
}

/// How a stream is fed: with restarts from a snapshot wherever it is said, on so many threads, and
/// one by one where no sizes of batches are said.
#[derive(Clone, Debug)]
struct Feeding {
    kill_at: Vec<usize>,
    threads: usize,
    batches: Vec<usize>,
}

fn feedings() -> impl Strategy<Value = Feeding> {
    (
        prop::collection::vec(0..140_usize, 0..4),
        1..5_usize,
        // Many are worth several threads, few are not.
        prop::collection::vec(1..140_usize, 0..4),
    )
        .prop_map(|(kill_at, threads, batches)| Feeding {
            kill_at,
            threads,
            batches,
        })
}

/// Feeds the events as they arrive.
fn run(rules: &RuleSet, stream: &Stream, feeding: &Feeding) -> Vec<AlertChange> {
    let events: Vec<&Happening> = stream.arriving().collect();
    let mut engine = Engine::new(rules.clone()).with_threads(feeding.threads);
    let mut changes = Vec::new();
    let mut sizes = feeding.batches.iter().cycle();
    let mut from = 0;
    while from < events.len() {
        if feeding.kill_at.contains(&from) {
            let restored = Engine::restore(rules.clone(), &engine.snapshot()).unwrap();
            engine = restored.with_threads(feeding.threads);
        }
        let Some(size) = sizes.next() else {
            changes.extend(feed(&mut engine, from as u64, events[from]));
            from += 1;
            continue;
        };
        let after = |kill: &&usize| **kill > from;
        let kill = feeding.kill_at.iter().filter(after).min();
        let until = kill.map_or(events.len(), |kill| *kill);
        let until = until.min(from + size).min(events.len());
        feed_all(&mut engine, from, &events[from..until], &mut changes);
        from = until;
    }
    engine.finish(&mut changes);
    changes
}

fn feed_all(
    engine: &mut Engine,
    from: usize,
    events: &[&Happening],
    changes: &mut Vec<AlertChange>,
) {
    let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
        let event = events[index];
        observe(&Observation {
            record: &event.record(),
            position: (from + index) as u64,
            received_at: Timestamp::from_millis(START + event.arrives),
            producer: &event.producer,
        });
    };
    engine.observe_batch(events.len(), read, changes);
}

/// No change may rest on an event that has not come yet.
fn nothing_precedes_its_cause(rules: &RuleSet, stream: &Stream) {
    let mut engine = Engine::new(rules.clone());
    let mut come = BTreeSet::new();
    for (position, happening) in stream.arriving().enumerate() {
        come.insert(happening.id);
        for change in feed(&mut engine, position as u64, happening) {
            for item in &change.alert().evidence {
                assert!(
                    come.contains(&number(&item.event_id.to_string())),
                    "{change:?}"
                );
                assert!(item.time.as_millis() <= START + happening.arrives);
            }
        }
    }
}

fn parsed(drawn: &Drawn) -> RuleSet {
    RuleSet::parse([("drawn.yml", drawn.text.as_str())])
        .unwrap_or_else(|error| panic!("{error}\n{}", drawn.text))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_rule_over_any_stream_is_as_brute_force_says(
        drawn in rules(),
        stream in streams(),
        arrival in arrivals(),
    ) {
        as_expected(&drawn, &stream, &arrival)?;
    }

    #[test]
    fn what_does_not_come_is_as_brute_force_says(
        drawn in rules_that_wait(),
        stream in numbered(),
        arrival in arrivals(),
    ) {
        as_expected(&drawn, &stream, &arrival)?;
    }

    #[test]
    fn more_than_usual_is_as_brute_force_says(
        drawn in rules_of_the_usual(),
        stream in prop_oneof![3 => weeks(), 1 => streams()],
        arrival in arrivals(),
    ) {
        as_expected(&drawn, &stream, &arrival)?;
    }

    #[test]
    fn no_alert_precedes_its_cause(
        drawn in prop_oneof![rules(), rules_that_wait(), rules_of_the_usual()],
        stream in prop_oneof![streams(), numbered()],
    ) {
        nothing_precedes_its_cause(&parsed(&drawn), &stream);
    }
}

/// How a stream comes: in any order within the lateness, or in that of the events' own time.
#[derive(Clone)]
struct Arrival {
    lateness: Option<Vec<i64>>,
    feeding: Feeding,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = self.lateness.is_some();
        write!(f, "late: {late}, {:?}", self.feeding)
    }
}

fn arrivals() -> impl Strategy<Value = Arrival> {
    let lateness = prop::collection::vec(0..30_000_i64, 140);
    (prop::option::of(lateness), feedings())
        .prop_map(|(lateness, feeding)| Arrival { lateness, feeding })
}

fn as_expected(drawn: &Drawn, stream: &Stream, arrival: &Arrival) -> Result<(), TestCaseError> {
    let late = arrival.lateness.as_ref().map(|late| stream.late_by(late));
    let stream = late.as_ref().unwrap_or(stream);
    let found = finals(run(&parsed(drawn), stream, &arrival.feeding));
    prop_assert_eq!(found, expected(drawn, stream), "{}", drawn.text);
    Ok(())
}

#[test]
fn each_type_is_drawn_and_fires_somewhere() {
    assert_eq!(fired(rules(), streams(), 600).len(), rule::TYPES);
    assert_eq!(fired(rules_that_wait(), numbered(), 100).len(), 3);
    assert_eq!(fired(rules_of_the_usual(), weeks(), 400).len(), 8);
}

/// How many alerts each type of rule raises, at least one.
fn fired(
    rules: impl Strategy<Value = Drawn>,
    streams: impl Strategy<Value = Stream>,
    times: usize,
) -> BTreeMap<&'static str, usize> {
    let mut runner = TestRunner::deterministic();
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..times {
        let drawn = rules.new_tree(&mut runner).unwrap().current();
        let stream = streams.new_tree(&mut runner).unwrap().current();
        *fired.entry(drawn.name).or_default() += expected(&drawn, &stream).len();
    }
    assert!(fired.values().all(|count| *count > 0), "{fired:?}");
    fired
}
