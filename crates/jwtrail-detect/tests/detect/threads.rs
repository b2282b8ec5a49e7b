//! On how many threads it runs and how events are batched changes nothing that is said.

use jwtrail_detect::{AlertChange, Engine, EngineStats, Observation, RuleSet};
use jwtrail_event::{Reason, Timestamp};
use proptest::prelude::*;

use crate::support::{Happening, START, accepted, denied, embedded, feed, rejected};

/// What the engine says of the events one by one, and what it holds before and after the end.
type Said = (Vec<AlertChange>, EngineStats, Vec<u8>);

fn one_by_one(rules: RuleSet, events: &[Happening]) -> Said {
    let mut engine = Engine::new(rules);
    let mut changes = Vec::new();
    for (position, event) in events.iter().enumerate() {
        changes.extend(feed(&mut engine, position as u64, event));
    }
    let (stats, snapshot) = (engine.stats(), engine.snapshot());
    engine.finish(&mut changes);
    (changes, stats, snapshot)
}

fn in_batches(rules: RuleSet, events: &[Happening], threads: usize, sizes: &[usize]) -> Said {
    let mut engine = Engine::new(rules).with_threads(threads);
    let mut changes = Vec::new();
    let mut sizes = sizes.iter().cycle();
    let mut from = 0;
    while from < events.len() {
        let count = (*sizes.next().unwrap()).min(events.len() - from);
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            let event = &events[from + index];
            observe(&Observation {
                record: &event.record(),
                position: (from + index) as u64,
                received_at: Timestamp::from_millis(START + event.arrives),
                producer: &event.producer,
            });
        };
        engine.observe_batch(count, read, &mut changes);
        from += count;
    }
    let (stats, snapshot) = (engine.stats(), engine.snapshot());
    engine.finish(&mut changes);
    (changes, stats, snapshot)
}

/// Several attacks at once, of many keys, so that every batch has something to say.
fn events() -> impl Strategy<Value = Vec<Happening>> {
    let event = (
        0..900_i64,
        0..40_000_i64,
        0..5_u8,
        0..6_u8,
        0..3_u8,
        0..40_u8,
    );
    prop::collection::vec(event, 1..600).prop_map(|events| {
        let mut at = 0;
        let one = |(gap, late, kind, key, place, other): (i64, i64, u8, u8, u8, u8)| {
            at += gap;
            let token = format!("t-{key}");
            let address = format!("192.0.2.{place}");
            let base = match kind {
                0 => rejected(at, Reason::BadSignature, &token),
                1 => rejected(at, Reason::UntrustedKey, &token),
                2 => denied(at, &format!("user-{key}"), &format!("s:{other}")),
                3 => accepted(at, &token, &address, &format!("agent-{place}/1")),
                _ => rejected(at, Reason::Expired, &token),
            };
            Happening {
                address,
                arrives: at + if other == 0 { late } else { late % 50 },
                producer: format!("producer-{}", other % 3),
                instance: format!("instance-{}", other % 2),
                ..base
            }
        };
        let mut events: Vec<Happening> = events.into_iter().map(one).collect();
        events.sort_by_key(|event| event.arrives);
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_batches_change_nothing(
        events in events(),
        threads in 1..9_usize,
        sizes in prop::collection::vec(1..300_usize, 1..5),
    ) {
        let (changes, stats, snapshot) = one_by_one(embedded(), &events);
        let said = in_batches(embedded(), &events, threads, &sizes);
        prop_assert_eq!(said.0, changes);
        prop_assert_eq!(said.1, stats);
        prop_assert!(said.2 == snapshot, "the snapshots differ");
    }
}

#[test]
fn a_budget_is_the_same_on_any_number_of_threads() {
    let text = include_str!("../../../../rules/token-repeated-rejections.yml");
    let text = text.replace("max_keys: 200000", "max_keys: 4096");
    let rules = RuleSet::parse([("small.yml", text.as_str())]).unwrap();
    let events: Vec<Happening> = (0..12_000_i64)
        .map(|n| rejected(n, Reason::Expired, &format!("t-{}", n * 7 % 6_000)))
        .collect();
    let (changes, stats, snapshot) = one_by_one(rules.clone(), &events);
    assert!(stats.rules[0].evicted_keys > 4_000);
    assert!(stats.rules[0].keys <= 4_096);
    for (threads, size) in [(2, 12_000), (4, 5_000), (6, 1_000)] {
        let said = in_batches(rules.clone(), &events, threads, &[size]);
        assert_eq!(said, (changes.clone(), stats.clone(), snapshot.clone()));
    }
}

/// A subject whose token held is known from that event on, and for a day or two after the last
/// one: over three days, in which each user comes every few hours.
#[test]
fn what_is_learnt_is_known_to_the_same_events_on_any_number_of_threads() {
    let event = |n: i64| {
        let user = n * 7_919 % 300;
        let (at, token) = (n * 30_000, format!("t-{user}"));
        let event = match n % 3 {
            0 if n > 2_000 => accepted(at, &token, "192.0.2.1", "agent/1"),
            1 => denied(at, &format!("user-{user}"), "s:1"),
            _ => rejected(at, Reason::BadSignature, &token),
        };
        Happening {
            arrives: at,
            sub: format!("user-{user}"),
            ..event
        }
    };
    let events: Vec<Happening> = (0..9_000).map(event).collect();
    let whole = one_by_one(embedded(), &events);
    assert!(!whole.0.is_empty());
    for (threads, size) in [(2, 9_000), (2, 700), (3, 9_000), (4, 9_000)] {
        let said = in_batches(embedded(), &events, threads, &[size]);
        assert!(said == whole, "{threads} threads, {size} events at once");
    }
}

#[test]
fn an_engine_can_be_spread_anew_at_any_time() {
    let events: Vec<Happening> = (0..400)
        .map(|n| rejected(n * 100, Reason::BadSignature, &format!("t-{}", n % 7)))
        .collect();
    let whole = one_by_one(embedded(), &events).0;
    let mut engine = Engine::new(embedded());
    let mut changes = Vec::new();
    for (position, event) in events.iter().enumerate() {
        if position % 50 == 0 {
            engine = engine.with_threads(position / 50 % 8 + 1);
        }
        if position % 120 == 0 {
            engine = Engine::restore(embedded(), &engine.snapshot()).unwrap();
        }
        changes.extend(feed(&mut engine, position as u64, event));
    }
    engine.finish(&mut changes);
    assert_eq!(changes, whole);
}
