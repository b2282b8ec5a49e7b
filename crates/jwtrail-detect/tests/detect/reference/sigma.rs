//! A third opinion, which nobody here wrote: `rsigma-eval`, over rules that are valid Sigma and
//! mean the same to both. Where they do not, the file is put so that they do, or is left out:
//!
//! - **Window.** Ours is half-open, (t-T, t]; `rsigma-eval` keeps what is exactly T old. In whole
//!   seconds its window of T-1 is ours of T.
//! - **Time.** It knows whole seconds, of arrival, and no watermark: what comes late is counted when
//!   it comes. So events come here in order, no two in one second.
//! - **`temporal`.** Without a condition it fires when any of the rules did; the specification and we
//!   say all of them. It is told `gte: 2`.
//! - **`temporal_ordered`.** It only asks whether there is an order among what the window holds; we ask
//!   whether the event at hand completes one. It fires on and on where the last event is another
//!   first one; so of its findings only those count that come with the last rule's event. And one
//!   event that both rules select is an order to it; so none is drawn that both select.
//! - **Episodes.** It fires at every event that finds the condition met. We raise once and count on
//!   until it has been quiet. So each alert of ours must begin where it fires, and wherever it fires
//!   one of ours must be open.
//! - **Without a counterpart there:** `derived` fields (`address` is given as `client_ip`, which is the
//!   same for IPv4), keys of several fields of which the first that is there counts, trust, `quiet`,
//!   budgets, everything native.
//! - **`value_percentile`.** It interpolates between two numbers and fires whatever the condition says:
//!   so its number is held against the condition here, and only the hundredth percentile is drawn,
//!   the greatest number for both. Ours is the smallest number that so many of a hundred do not
//!   exceed, one that was seen.

use std::collections::BTreeMap;

use jwtrail_detect::{Alert, AlertChange, Engine};
use proptest::prelude::*;
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent};

use super::meaning::{Meaning, Of, Statistic};
use super::rule::{Drawn, rules};
use super::stream::{Stream, streams};
use super::{number, parsed};
use crate::support::{Happening, START, feed};

/// At which events it fires, in order, by key.
type Fired = BTreeMap<String, Vec<u64>>;

fn theirs(drawn: &Drawn, events: &[Happening]) -> Fired {
    let collection = rsigma_parser::parse_sigma_yaml(&as_theirs(drawn)).unwrap();
    assert!(collection.errors.is_empty(), "{:?}", collection.errors);
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(&collection).unwrap();
    let mut fired = Fired::new();
    for event in events {
        let mut line = Vec::new();
        event.record().write_ndjson(&mut line);
        let value = serde_json::from_slice(&line).unwrap();
        let seconds = (START + event.at) / 1_000;
        let found = engine.process_event_at(&JsonEvent::borrow(&value), seconds);
        let last = found
            .iter()
            .any(|result| result.header.rule_id.as_deref() == Some(LAST));
        for found in found.iter().filter_map(|result| result.as_correlation()) {
            if !holds(&drawn.meaning, found.aggregated_value) {
                continue;
            }
            let (field, key) = &found.group_key[0];
            assert_eq!(field, "token_fp");
            if drawn.name != "temporal_ordered" || last {
                fired.entry(key.clone()).or_default().push(event.id);
            }
        }
    }
    fired
}

/// Whether the number that it found is what the rule asks for, where it did not look itself.
fn holds(meaning: &Meaning, found: f64) -> bool {
    match meaning {
        Meaning::Statistic {
            what: Statistic::Percentile(_),
            more_than,
            ..
        } => found > *more_than as f64,
        _ => true,
    }
}

/// The same rule, as the doc comment says.
fn as_theirs(drawn: &Drawn) -> String {
    let mut text = String::new();
    for line in drawn.text.lines() {
        match line.strip_prefix("  timespan: ") {
            Some(span) => {
                let seconds: u64 = span.trim_end_matches('s').parse().unwrap();
                text.push_str(&format!("  timespan: {}s\n", seconds - 1));
                if drawn.name == "temporal" {
                    text.push_str("  condition:\n    gte: 2\n");
                }
            }
            None => {
                text.push_str(&line.replace("field: address", "field: client_ip"));
                text.push('\n');
            }
        }
    }
    text
}

/// Our final alerts, by key, in order.
fn ours(drawn: &Drawn, events: &[Happening]) -> BTreeMap<String, Vec<Alert>> {
    let mut engine = Engine::new(parsed(drawn));
    let mut changes = Vec::new();
    for (position, happening) in events.iter().enumerate() {
        changes.extend(feed(&mut engine, position as u64, happening));
    }
    engine.finish(&mut changes);
    let mut alerts: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    for change in changes {
        if let AlertChange::Resolved(alert) = change {
            let key = alert.key.token_fp.clone().unwrap();
            alerts.entry(key).or_default().push(alert);
        }
    }
    alerts
}

/// The same events, each in a second of its own.
fn in_whole_seconds(stream: &Stream) -> Vec<Happening> {
    let (mut before, mut second) = (0, 0);
    let mut one = |event: &Happening| {
        second += ((event.at - before) / 1_000).max(1);
        before = event.at;
        Happening {
            at: second * 1_000,
            arrives: second * 1_000,
            ..event.clone()
        }
    };
    stream.events.iter().map(&mut one).collect()
}

fn compared() -> impl Strategy<Value = Drawn> {
    rules().prop_filter("it says this otherwise, or not at all", |drawn| {
        COMPARED.contains(&drawn.name)
            && has_an_order(&drawn.meaning)
            && is_the_greatest(&drawn.meaning)
    })
}

/// Whether no event is of both rules, where it is an order that is asked for.
fn has_an_order(meaning: &Meaning) -> bool {
    use Of::{Accepted, Expired, Forged, Rejected};
    let Meaning::Ordered { one, other, .. } = meaning else {
        return true;
    };
    matches!(
        (one, other),
        (Expired, Forged)
            | (Forged, Expired)
            | (Accepted, Expired | Forged | Rejected)
            | (Expired | Forged | Rejected, Accepted)
    )
}

/// Whether a percentile, if it is one, is the hundredth.
fn is_the_greatest(meaning: &Meaning) -> bool {
    let Meaning::Statistic { what, .. } = meaning else {
        return true;
    };
    !matches!(what, Statistic::Percentile(rank) if *rank < 100)
}

fn agree(drawn: &Drawn, events: &[Happening]) -> Result<usize, TestCaseError> {
    let (theirs, ours) = (theirs(drawn, events), ours(drawn, events));
    let keys = |of: Vec<&String>| of.into_iter().cloned().collect::<Vec<_>>();
    prop_assert_eq!(
        keys(theirs.keys().collect()),
        keys(ours.keys().collect()),
        "{}",
        drawn.text
    );
    let time: BTreeMap<u64, i64> = events.iter().map(|event| (event.id, event.at)).collect();
    for (key, fired) in &theirs {
        let alerts = &ours[key];
        prop_assert_eq!(
            number(&alerts[0].decisive_event_id),
            fired[0],
            "{}",
            drawn.text
        );
        for alert in alerts {
            let decisive = number(&alert.decisive_event_id);
            prop_assert!(fired.contains(&decisive), "{alert:?}\n{}", drawn.text);
        }
        for fired in fired {
            let at = START + time[fired];
            let open = alerts.iter().any(|alert| {
                (alert.raised_at.as_millis()..=alert.last_time.as_millis()).contains(&at)
            });
            prop_assert!(open, "nothing of ours at {at}: {alerts:?}\n{}", drawn.text);
        }
    }
    Ok(theirs.values().map(Vec::len).sum())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_rule_of_sigma_fires_where_rsigma_says(drawn in compared(), stream in streams()) {
        agree(&drawn, &in_whole_seconds(&stream))?;
    }
}

#[test]
fn each_type_that_is_compared_fires_somewhere() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..300 {
        let drawn = compared().new_tree(&mut runner).unwrap().current();
        let stream = streams().new_tree(&mut runner).unwrap().current();
        let events = in_whole_seconds(&stream);
        *fired.entry(drawn.name).or_default() += agree(&drawn, &events).unwrap();
    }
    assert_eq!(fired.len(), COMPARED.len(), "{fired:?}");
    assert!(fired.values().all(|count| *count > 0), "{fired:?}");
}

/// What both say.
const COMPARED: [&str; 9] = [
    "event_count",
    "event_count between",
    "value_count",
    "value_sum",
    "value_avg",
    "value_median",
    "value_percentile",
    "temporal",
    "temporal_ordered",
];
/// The rule that an order ends with: the drawn ones number them by their names' lengths.
const LAST: &str = "00000000-0000-4000-8000-000000000007";
