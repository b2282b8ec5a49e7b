//! Whether an event is kept with its habit or judged as it comes changes nothing that is said.

use jwtrail_detect::{AlertChange, Engine, RuleSet, Severity};
use jwtrail_event::{EventName, Hop, Reason};
use proptest::prelude::*;

use crate::support::{
    Happening, MINUTE, accepted, advance, alerts, denied, embedded, feed, only, rejected,
};

/// A few people who do the same again and again, now and then something else, and somebody who
/// uses their tokens from elsewhere. Most events come in time, some late, a few far too late.
/// There are times at which nearly all of them fail.
fn events() -> impl Strategy<Value = Vec<Happening>> {
    (1..20_u8).prop_flat_map(events_of)
}

fn events_of(kinds: u8) -> impl Strategy<Value = Vec<Happening>> {
    let gap = prop_oneof![
        12 => 0..4_000_i64,
        1 => 11 * MINUTE..15 * MINUTE,
        1 => 26 * 60 * MINUTE..27 * 60 * MINUTE,
    ];
    let late = prop_oneof![8 => 0..200_i64, 3 => 0..29_000_i64, 1 => 0..120_000_i64];
    let event = (gap, late, 0..=kinds, 0..4_u8, 0..12_u8, 0..24_u8);
    happenings(prop::collection::vec(event, 1..100))
}

/// Two people who are busy, so that many of their events wait for the watermark at once. Each
/// is late by a few others, now and then by many.
fn busy() -> impl Strategy<Value = Vec<Happening>> {
    let late = prop_oneof![4 => 0..400_i64, 1 => 0..9_000_i64];
    let event = (1..600_i64, late, 2..5_u8, 0..2_u8, 0..12_u8, 0..24_u8);
    happenings(prop::collection::vec(event, 60..180))
}

/// By the gap before, the lateness, what, who, whence, and what else differs.
type Drawn = (i64, i64, u8, u8, u8, u8);

fn happenings(events: impl Strategy<Value = Vec<Drawn>>) -> impl Strategy<Value = Vec<Happening>> {
    events.prop_map(|events| {
        let mut at = 0;
        let one = |(gap, late, kind, who, place, other): Drawn| {
            at += gap;
            let token = format!("t-{who}");
            // Mostly one's own place.
            let place = if place < 10 { who } else { place };
            let address = format!("192.0.{place}.1");
            let agent = format!("agent-{place}/1");
            let mine = accepted(at, &token, &address, &agent);
            let happening = match kind {
                0 => Happening {
                    address,
                    ..rejected(at, Reason::BadSignature, &token)
                },
                1 => Happening {
                    trust: mine.trust,
                    ..rejected(at, Reason::Revoked, &token)
                },
                2 => Happening {
                    address,
                    agent,
                    token,
                    ..denied(at, "user", "s:write")
                },
                3 => Happening {
                    event: EventName::TokenRefreshed,
                    ..mine
                },
                4 => Happening {
                    hop: Hop::Internal,
                    ..mine
                },
                5 => Happening {
                    event: EventName::LoginFailed,
                    ..rejected(at, Reason::BadCredentials, &token)
                },
                6 => Happening {
                    event: EventName::LoginSucceeded,
                    ..mine
                },
                _ => mine,
            };
            Happening {
                sub: format!("user-{who}"),
                trace: u128::from(other) + 1,
                arrives: at + late,
                id: u64::try_from(at * 32).unwrap() + u64::from(other),
                instance: format!("instance-{}", other % 2),
                ..happening
            }
        };
        let mut events: Vec<Happening> = events.into_iter().map(one).collect();
        events.sort_by_key(|event| event.arrives);
        events
    })
}

fn whole(rules: &RuleSet, events: &[Happening]) -> Vec<AlertChange> {
    let mut engine = Engine::new(rules.clone());
    let mut changes = Vec::new();
    for (position, event) in (0..).zip(events) {
        changes.extend(feed(&mut engine, position, event));
    }
    engine.finish(&mut changes);
    changes
}

/// A snapshot holds what would be known if all events had been judged: what goes on from it
/// judges them.
fn judged(rules: &RuleSet, events: &[Happening], every: u64) -> Vec<AlertChange> {
    let mut engine = Engine::new(rules.clone());
    let mut changes = Vec::new();
    for (position, event) in (0..).zip(events) {
        changes.extend(feed(&mut engine, position, event));
        if position % every == 0 {
            engine = Engine::restore(rules.clone(), &engine.snapshot()).unwrap();
        }
    }
    engine.finish(&mut changes);
    changes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kept_or_judged_is_the_same(events in events(), every in 1..9_u64) {
        let rules = embedded();
        prop_assert_eq!(whole(&rules, &events), judged(&rules, &events, every));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What was restored has to go through all that is pending again.
    #[test]
    fn from_close_by_or_from_the_watermark_is_the_same(
        events in busy(),
        every in 1..4_u64,
    ) {
        let rules = RuleSet::parse([("order.yml", ORDER)]).unwrap();
        let by_alert = |mut changes: Vec<AlertChange>| {
            // Which key is looked at first at one moment is nobody's business here.
            changes.sort_by_key(|change| change.alert().id);
            changes
        };
        let (whole, judged) = (whole(&rules, &events), judged(&rules, &events, every));
        prop_assert_eq!(by_alert(whole), by_alert(judged));
    }
}

#[test]
fn who_is_resolved_first_does_not_depend_on_when_each_was_looked_at() {
    let of = |number: u64, second: i64, token: &str| Happening {
        id: number,
        trace: 1,
        ..rejected(second * 1_000, Reason::BadSignature, token)
    };
    let elsewhere = |event| Happening {
        instance: "orders-api-2".to_owned(),
        ..event
    };
    // What completes the second comes so late that its alert is settled at once; then time leaps.
    let late = Happening {
        arrives: 62_000,
        ..elsewhere(of(20, 0, "second"))
    };
    let mut log: Vec<Happening> = [0, 0, 0, 6, 7]
        .into_iter()
        .zip(1..)
        .map(|(second, number)| of(number, second, "first"))
        .collect();
    log.extend(
        [0, 3, 11, 26]
            .into_iter()
            .zip(10..)
            .map(|(second, number)| of(number, second, "second")),
    );
    log.push(elsewhere(of(30, 30, "other")));
    log.sort_by_key(|event| event.at);
    log.extend([late, of(40, 690, "other")]);
    let rules = only("token-repeated-rejections");
    let changes = whole(&rules, &log);
    let resolved = |change: &&AlertChange| matches!(change, AlertChange::Resolved(_));
    assert_eq!(changes.iter().filter(resolved).count(), 2);
    for every in 1..9 {
        assert_eq!(changes, judged(&rules, &log, every), "{every}");
    }
}

#[test]
fn a_subject_with_a_habit_is_not_forgotten() {
    let hours = 60 * MINUTE;
    let own = |hour: i64| accepted(hour * hours, "good", "192.0.2.9", "app/1");
    let other = |hour: i64| Happening {
        sub: "user-2".to_owned(),
        ..accepted(hour * hours, "other", "192.0.2.8", "app/1")
    };
    // Who is known is gone through once a day: with the others' events here.
    let log = [
        own(0),
        other(25),
        own(26),
        other(50),
        rejected(51 * hours, Reason::UntrustedKey, "t"),
    ];
    let found = alerts(embedded(), &log);
    let forged = found.iter().find(|alert| alert.rule == "forgery-attempt");
    assert_eq!(forged.unwrap().severity, Severity::High);
}

#[test]
fn processes_that_share_a_name_have_numbers_of_their_own() {
    let of = |n: u8, numbers: [u64; 6]| {
        let event = accepted(i64::from(n) * 1_000, "t", "192.0.2.1", "curl/8");
        Happening {
            boot: n % 2,
            seq: Some(numbers[usize::from(n)]),
            ..event
        }
    };
    let gaps = |numbers: [u64; 6]| {
        let log: Vec<Happening> = (0..6).map(|n| of(n, numbers)).collect();
        let mut engine = Engine::new(only("audit-gap"));
        let mut changes: Vec<AlertChange> = Vec::new();
        for (position, event) in (0..).zip(&log) {
            changes.extend(feed(&mut engine, position, event));
        }
        changes.extend(advance(&mut engine, 10 * MINUTE));
        changes.len()
    };
    assert_eq!(gaps([1, 90, 2, 91, 3, 92]), 0);
    assert!(gaps([1, 90, 2, 91, 4, 92]) > 0);
}

#[test]
fn a_habit_costs_its_keys_next_to_nothing() {
    let own = |n: i64| accepted(n * 9_000, "t", "192.0.2.1", "curl/8");
    let mut engine = Engine::new(embedded());
    for n in 0..40 {
        feed(&mut engine, n, &own(i64::try_from(n).unwrap()));
    }
    let kept = engine.stats();
    let restored = Engine::restore(embedded(), &engine.snapshot()).unwrap();
    let judged = restored.stats();
    assert_eq!(kept.rules.len(), judged.rules.len());
    for (kept, judged) in kept.rules.iter().zip(&judged.rules) {
        assert_eq!(
            (kept.keys, kept.matched),
            (judged.keys, judged.matched),
            "{}",
            kept.name
        );
    }
    let replayed = kept.rules.iter().find(|rule| rule.name == "token-replayed");
    assert_eq!(replayed.unwrap().entries, 40);
}

/// What alerts before the watermark and depends on the order of its events.
const ORDER: &str = "\
title: A token is refreshed
name: refreshed
id: 2f0d3a52-8f0f-4c7f-9a55-7f1f2f5d9b01
status: experimental
description: A token is refreshed.
logsource: { product: jwtrail, service: audit }
detection:
  refreshed: { event: token.refreshed }
  condition: refreshed
level: informational
---
title: A token is denied
name: denied
id: 2f0d3a52-8f0f-4c7f-9a55-7f1f2f5d9b02
status: experimental
description: A token is denied.
logsource: { product: jwtrail, service: audit }
detection:
  denied: { event: access.denied }
  condition: denied
level: informational
---
title: A token is denied after it was refreshed
name: denied-after-refresh
id: 2f0d3a52-8f0f-4c7f-9a55-7f1f2f5d9b03
status: experimental
description: A token is denied after it was refreshed.
references: [https://www.rfc-editor.org/rfc/rfc6750]
falsepositives: [None known.]
level: high
correlation:
  type: temporal_ordered
  rules: [refreshed, denied]
  group-by: [token_fp]
  timespan: 2s
jwtrail:
  key: token
  trust: verified
  quiet: 2s
  warm_up: none
  response: alert
  missing: It does not count.
  why: To test with.
  max_keys: 100
  max_entries: 64
";
