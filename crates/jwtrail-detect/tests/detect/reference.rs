//! A second opinion on every type of rule: an evaluator that looks at all events of a key again
//! for each of them, in final order, and knows nothing of windows, watermarks or snapshots.

mod baseline;
mod meaning;
mod rule;
mod sigma;
mod stream;

use std::collections::{BTreeMap, BTreeSet};

use jwtrail_detect::{Alert, AlertChange, Engine, RuleSet};
use proptest::prelude::*;

use meaning::Said;
use rule::{Drawn, rules};
use stream::{Stream, streams};

use crate::support::{Happening, START, feed};

/// What a final alert has to be, its handle left out: that one tells who was first to come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Final {
    key: String,
    decisive: u64,
    count: usize,
    evidence: Vec<u64>,
}

/// The final alerts of a rule over events in final order.
fn expected(drawn: &Drawn, events: &[Happening]) -> BTreeSet<Final> {
    let mut by_key: BTreeMap<&str, Vec<&Happening>> = BTreeMap::new();
    for event in events {
        by_key.entry(&event.token).or_default().push(event);
    }
    let mut found = BTreeSet::new();
    for (key, mut mine) in by_key {
        mine.sort_by_key(|event| event.at);
        found.extend(episodes(drawn, key, &mine));
    }
    found
}

fn episodes(drawn: &Drawn, key: &str, events: &[&Happening]) -> Vec<Final> {
    let mut found: Vec<Final> = Vec::new();
    let mut open: Option<Final> = None;
    let mut last = i64::MIN;
    let said = drawn.meaning.over(events);
    for (event, said) in events.iter().zip(said) {
        if said == Said::Ignored {
            continue;
        }
        if event.at.saturating_sub(last) >= drawn.quiet {
            found.extend(open.take());
        }
        last = event.at;
        match (&mut open, said) {
            (Some(alert), _) => {
                alert.count += 1;
                alert.evidence.push(event.id);
            }
            (None, Said::Met(evidence)) => {
                let mut evidence: Vec<u64> = evidence.iter().map(|at| events[*at].id).collect();
                if !evidence.contains(&event.id) {
                    evidence.push(event.id);
                }
                open = Some(Final {
                    key: key.to_owned(),
                    decisive: event.id,
                    count: evidence.len(),
                    evidence,
                });
            }
            (None, _) => {}
        }
    }
    found.extend(open);
    found
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
        evidence: alert.evidence.iter().map(|e| number(&e.event_id)).collect(),
    }
}

/// The number that a happening's id was made of.
fn number(id: &str) -> u64 {
    let hex: String = id.chars().filter(|c| *c != '-').collect();
    u64::try_from(u128::from_str_radix(&hex, 16).unwrap() - 1).unwrap()
}

/// Feeds the events as they arrive, with a restart from a snapshot wherever it is said.
fn run(rules: &RuleSet, stream: &Stream, kill_at: &[usize]) -> Vec<AlertChange> {
    let mut engine = Engine::new(rules.clone());
    let mut changes = Vec::new();
    for (position, happening) in stream.arriving().enumerate() {
        if kill_at.contains(&position) {
            engine = Engine::restore(rules.clone(), &engine.snapshot()).unwrap();
        }
        changes.extend(feed(&mut engine, position as u64, happening));
    }
    engine.finish(&mut changes);
    changes
}

/// No change may rest on an event that has not come yet.
fn nothing_precedes_its_cause(rules: &RuleSet, stream: &Stream) {
    let mut engine = Engine::new(rules.clone());
    let mut come = BTreeSet::new();
    for (position, happening) in stream.arriving().enumerate() {
        come.insert(happening.id);
        for change in feed(&mut engine, position as u64, happening) {
            for item in &change.alert().evidence {
                assert!(come.contains(&number(&item.event_id)), "{change:?}");
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
    fn any_rule_over_any_stream_is_as_brute_force_says(drawn in rules(), stream in streams()) {
        let right = expected(&drawn, &stream.events);
        let found = finals(run(&parsed(&drawn), &stream, &[]));
        prop_assert_eq!(found, right, "{}", drawn.text);
    }

    #[test]
    fn the_order_of_arrival_and_restarts_change_nothing(
        drawn in rules(),
        stream in streams(),
        lateness in prop::collection::vec(0..30_000_i64, 140),
        kills in prop::collection::vec(0..140_usize, 0..4),
    ) {
        let rules = parsed(&drawn);
        let one = finals(run(&rules, &stream, &[]));
        let other = finals(run(&rules, &stream.late_by(&lateness), &kills));
        prop_assert_eq!(one, other, "{}", drawn.text);
    }

    #[test]
    fn no_alert_precedes_its_cause(drawn in rules(), stream in streams()) {
        nothing_precedes_its_cause(&parsed(&drawn), &stream);
    }
}

#[test]
fn each_type_is_drawn_and_fires_somewhere() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..600 {
        let drawn = rules().new_tree(&mut runner).unwrap().current();
        let stream = streams().new_tree(&mut runner).unwrap().current();
        *fired.entry(drawn.name).or_default() += expected(&drawn, &stream.events).len();
    }
    assert_eq!(fired.len(), rule::TYPES, "{fired:?}");
    assert!(fired.values().all(|count| *count > 0), "{fired:?}");
}
