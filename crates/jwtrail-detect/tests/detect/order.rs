//! However events arrive within the lateness, the final alerts are those of a brute-force
//! evaluator that sees all of them in order.

use std::collections::BTreeSet;

use jwtrail_detect::{Alert, RuleSet};
use jwtrail_event::{EventId, Reason};
use proptest::prelude::*;

use crate::support::{Happening, MINUTE, START, accepted, alerts, only, rejected};

/// What an alert has to be, its handle left out: that one tells who was first to come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Final {
    key: String,
    decisive: String,
    first: i64,
    last: i64,
    count: usize,
    evidence: Vec<String>,
}

const WINDOW: i64 = 5 * MINUTE;
const LATENESS: i64 = 30_000;

/// A rule out of what its window shows: the entries that meet the threshold with the last one.
type Meets = fn(&[&Happening]) -> Option<Vec<usize>>;

fn reference(events: &[Happening], meets: Meets) -> BTreeSet<Final> {
    reference_within(WINDOW, events, meets)
}

fn reference_within(width: i64, events: &[Happening], meets: Meets) -> BTreeSet<Final> {
    let keys: BTreeSet<&String> = events.iter().map(|event| &event.token).collect();
    let mut found = BTreeSet::new();
    for key in keys {
        let mut mine: Vec<&Happening> = events.iter().filter(|e| e.token == *key).collect();
        mine.sort_by_key(|event| event.at);
        let gaps = mine.chunk_by(|a, b| b.at - a.at < width);
        found.extend(gaps.filter_map(|burst| episode(width, burst, meets)));
    }
    found
}

fn episode(width: i64, burst: &[&Happening], meets: Meets) -> Option<Final> {
    (0..burst.len()).find_map(|last| {
        let start = burst.iter().position(|e| e.at > burst[last].at - width)?;
        let window = &burst[start..=last];
        let part = meets(window)?;
        let all: Vec<&Happening> = part
            .iter()
            .map(|at| window[*at])
            .chain(burst[last + 1..].iter().copied())
            .collect();
        Some(Final {
            key: burst[0].token.clone(),
            decisive: id(burst[last]),
            first: all[0].at,
            last: all[all.len() - 1].at,
            count: all.len(),
            evidence: all.iter().map(|event| id(event)).collect(),
        })
    })
}

fn five(window: &[&Happening]) -> Option<Vec<usize>> {
    let start = window.len().checked_sub(5)?;
    Some((start..window.len()).collect())
}

fn four_addresses(window: &[&Happening]) -> Option<Vec<usize>> {
    latest_addresses(4, window)
}

fn thirty_addresses(window: &[&Happening]) -> Option<Vec<usize>> {
    latest_addresses(30, window)
}

fn latest_addresses(count: usize, window: &[&Happening]) -> Option<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut latest: Vec<usize> = (0..window.len())
        .rev()
        .filter(|at| seen.insert(&window[*at].address))
        .take(count)
        .collect();
    latest.reverse();
    (latest.len() == count).then_some(latest)
}

fn taken_in_turns(window: &[&Happening]) -> Option<Vec<usize>> {
    let last = window.len() - 1;
    let place = |at: usize| (&window[at].address, &window[at].agent);
    let differs = |at: usize| {
        window[at].address != window[last].address && window[at].agent != window[last].agent
    };
    let between = (0..last).rev().find(|at| differs(*at))?;
    let before = (0..between).rev().find(|at| place(*at) == place(last))?;
    Some(vec![before, between, last])
}

fn found(rules: RuleSet, mut events: Vec<Happening>) -> BTreeSet<Final> {
    events.sort_by_key(|event| event.arrives);
    let alerts = alerts(rules, &events);
    let count = alerts.len();
    let finals: BTreeSet<Final> = alerts.into_iter().map(final_of).collect();
    assert_eq!(finals.len(), count, "no alert twice");
    finals
}

fn final_of(alert: Alert) -> Final {
    assert!(alert.settled_id.is_some());
    let millis = |time: jwtrail_event::Timestamp| time.as_millis() - START;
    Final {
        key: alert.key.token_fp.or(alert.key.jti).unwrap(),
        decisive: alert.decisive_event_id,
        first: millis(alert.first_time),
        last: millis(alert.last_time),
        count: usize::try_from(alert.count).unwrap(),
        evidence: alert
            .evidence
            .into_iter()
            .map(|e| e.event_id.to_string())
            .collect(),
    }
}

fn id(event: &Happening) -> String {
    EventId::from_u128(u128::from(event.id) + 1).to_string()
}

/// Up to 120 events of 3 tokens; no two at one millisecond, since then a hash of the
/// producer's name decides, which is nobody's business here.
fn stream(gap: i64) -> impl Strategy<Value = Vec<Happening>> {
    let event = (1..gap, 0..LATENESS, 0..3_u8, 0..6_u8, 0..2_u8, 0..2_u8);
    prop::collection::vec(event, 1..120).prop_map(|events| {
        let mut at = 0;
        let one = |(gap, late, token, address, agent, producer): (i64, i64, u8, u8, u8, u8)| {
            at += gap;
            let base = rejected(at, Reason::Expired, &format!("t-{token}"));
            Happening {
                arrives: at + late,
                address: format!("192.0.2.{address}"),
                agent: format!("agent-{agent}/1"),
                producer: format!("producer-{producer}"),
                ..base
            }
        };
        events.into_iter().map(one).collect()
    })
}

fn distinct_addresses() -> RuleSet {
    let text = include_str!("rules/distinct-addresses.yml");
    RuleSet::parse([("distinct-addresses.yml", text)]).unwrap()
}

fn thirty_distinct_addresses() -> RuleSet {
    let text = include_str!("rules/distinct-addresses.yml");
    let text = text.replace("gte: 4", "gte: 30");
    RuleSet::parse([("distinct-addresses.yml", text.as_str())]).unwrap()
}

/// The same events, of one token, from many addresses.
fn from_many_addresses(events: Vec<Happening>) -> Vec<Happening> {
    let spread = |event: Happening| Happening {
        address: format!("192.0.2.{}", event.at * 31 % 37),
        token: "t-0".to_owned(),
        ..event
    };
    events.into_iter().map(spread).collect()
}

fn as_presentations(events: Vec<Happening>) -> Vec<Happening> {
    let accept = |event: Happening| Happening {
        arrives: event.arrives,
        producer: event.producer,
        ..accepted(event.at, &event.token, &event.address, &event.agent)
    };
    events.into_iter().map(accept).collect()
}

fn replayed_within_five_minutes() -> RuleSet {
    let text = include_str!("../../../../rules/token-replayed.yml");
    let text = text
        .replace("window: 10m", "window: 5m")
        .replace("quiet: 10m", "quiet: 5m");
    RuleSet::parse([("token-replayed.yml", text.as_str())]).unwrap()
}

/// Bursts that begin and end within the lateness.
fn five_in_ten_seconds() -> RuleSet {
    let text = include_str!("../../../../rules/token-repeated-rejections.yml");
    let text = text
        .replace("window: 5m", "window: 10s")
        .replace("quiet: 5m", "quiet: 10s");
    RuleSet::parse([("ten-seconds.yml", text.as_str())]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_brute_force(events in stream(120_000)) {
        let right = reference(&events, five);
        prop_assert_eq!(found(only("token-repeated-rejections"), events), right);
    }

    #[test]
    fn dense_counts_are_those_of_brute_force(events in stream(2_000)) {
        let right = reference(&events, five);
        prop_assert_eq!(found(only("token-repeated-rejections"), events), right);
    }

    #[test]
    fn short_bursts_are_those_of_brute_force(events in stream(6_000)) {
        let right = reference_within(10_000, &events, five);
        prop_assert_eq!(found(five_in_ten_seconds(), events), right);
    }

    #[test]
    fn distinct_counts_are_those_of_brute_force(events in stream(120_000)) {
        let right = reference(&events, four_addresses);
        prop_assert_eq!(found(distinct_addresses(), events), right);
    }

    #[test]
    fn many_distinct_values_are_those_of_brute_force(events in stream(8_000)) {
        let events = from_many_addresses(events);
        let right = reference(&events, thirty_addresses);
        prop_assert_eq!(found(thirty_distinct_addresses(), events), right);
    }

    #[test]
    fn taking_turns_is_that_of_brute_force(events in stream(120_000)) {
        let events = as_presentations(events);
        let right = reference(&events, taken_in_turns);
        prop_assert_eq!(found(replayed_within_five_minutes(), events), right);
    }
}

#[test]
fn the_reference_finds_something() {
    let events: Vec<Happening> = (0..40)
        .map(|n| Happening {
            address: format!("192.0.2.{}", n % 5),
            agent: format!("agent-{}/1", n % 5),
            ..rejected(n * 10_000, Reason::Expired, "t")
        })
        .collect();
    assert_eq!(reference(&events, five).len(), 1);
    assert_eq!(reference(&events, four_addresses).len(), 1);
    assert_eq!(reference(&events, taken_in_turns).len(), 1);
    assert_eq!(reference(&events[..3], five).len(), 0);
}
