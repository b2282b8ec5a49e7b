use jwtrail_detect::{Engine, RuleSet};
use jwtrail_event::{EventName, Reason};

use crate::support::{accepted, advance, feed, only, rejected};

fn small(max_keys: usize) -> RuleSet {
    let text = include_str!("rules/distinct-addresses.yml");
    let text = text.replace("max_keys: 100", &format!("max_keys: {max_keys}"));
    RuleSet::parse([("small.yml", text.as_str())]).unwrap()
}

#[test]
fn a_flood_of_keys_stays_in_the_budget() {
    let mut engine = Engine::new(small(100));
    for n in 0..5_000 {
        let flood = rejected(n, Reason::Expired, &format!("t-{n}"));
        feed(&mut engine, n as u64, &flood);
        assert!(engine.stats().rules[0].keys <= 100);
    }
    let stats = &engine.stats().rules[0];
    assert_eq!(stats.evicted_keys, 4_900);
    assert!(stats.entries <= 100 * 3, "{}", stats.entries);
}

#[test]
fn a_flood_does_not_silence_an_open_alert() {
    let mut engine = Engine::new(small(100));
    for n in 0..4 {
        let mut event = rejected(n, Reason::Expired, "victim");
        event.address = format!("192.0.2.{n}");
        feed(&mut engine, n as u64, &event);
    }
    let open = engine.open_alerts();
    assert_eq!(open.len(), 1);
    for n in 4..5_000 {
        feed(
            &mut engine,
            n as u64,
            &rejected(n, Reason::Expired, &format!("t-{n}")),
        );
    }
    assert_eq!(engine.open_alerts()[0].id, open[0].id);
}

#[test]
fn an_alert_that_a_flood_spared_ends() {
    let text = include_str!("../../../../rules/audit-gap.yml");
    let text = text.replace("max_keys: 10000", "max_keys: 40");
    let rules = RuleSet::parse([("audit-gap.yml", text.as_str())]).unwrap();
    let mut engine = Engine::new(rules);
    let mut changes = Vec::new();
    for n in 0..44 {
        // Nearly each of another instance; one of them lost records, and tells of before later on.
        let (instance, late) = match n {
            0 => (0, 6_381),
            27 => (0, 60_001),
            _ => (n, 0),
        };
        let mut event = rejected(n * 2_000 - late, Reason::Expired, "t");
        event.arrives = n * 2_000;
        event.id = n as u64;
        event.seq = Some(0);
        event.instance = format!("instance-{instance}");
        if n == 0 {
            event.event = EventName::AuditDropped;
        }
        changes.extend(feed(&mut engine, n as u64, &event));
    }
    assert_eq!(engine.stats().open_alerts, 1);
    engine.finish(&mut changes);
    assert_eq!(engine.stats().open_alerts, 0);
}

#[test]
fn the_quietest_key_is_forgotten_first() {
    let mut engine = Engine::new(small(2));
    let mut at = |n: i64, token: &str, address: &str| {
        let mut event = rejected(n, Reason::Expired, token);
        event.address = address.to_owned();
        feed(&mut engine, n as u64, &event).len()
    };
    at(0, "quiet", "192.0.2.1");
    at(1, "busy", "192.0.2.1");
    at(2, "busy", "192.0.2.2");
    at(3, "quiet", "192.0.2.2");
    at(4, "busy", "192.0.2.3");
    at(5, "new", "192.0.2.1"); // pushes out `quiet`
    assert_eq!(at(6, "busy", "192.0.2.4"), 1, "raised");
}

#[test]
fn a_hot_key_stays_in_the_budget() {
    let mut engine = Engine::new(small(100));
    for n in 0..5_000 {
        feed(&mut engine, n as u64, &rejected(n, Reason::Expired, "hot"));
        // Two folds of at most 4 values each, and what is pending.
        assert!(engine.stats().rules[0].entries <= 4_096 + 8);
    }
    assert_eq!(engine.stats().rules[0].settled_early, 904);
}

#[test]
fn busy_keys_together_have_the_room_of_all_keys() {
    let mut engine = Engine::new(small(2));
    for n in 0..5_000 {
        let key = if n % 2 == 0 { "one" } else { "other" };
        feed(&mut engine, n as u64, &rejected(n, Reason::Expired, key));
        assert!(engine.stats().rules[0].entries <= 400 + 16);
    }
}

#[test]
fn distinct_values_take_no_more_than_the_threshold() {
    let mut engine = Engine::new(small(100));
    for n in 0..5_000 {
        let mut event = rejected(n, Reason::Expired, "hot");
        event.address = format!("192.0.2.{n}");
        feed(&mut engine, n as u64, &event);
        assert!(engine.stats().rules[0].entries <= 4_096 + 8);
    }
}

#[test]
fn what_is_over_is_not_kept() {
    let mut engine = Engine::new(small(100));
    for n in 0..50 {
        feed(
            &mut engine,
            n as u64,
            &rejected(n, Reason::Expired, &format!("t-{n}")),
        );
    }
    assert_eq!(engine.stats().rules[0].keys, 50);
    advance(&mut engine, 400_000);
    assert_eq!(engine.stats().rules[0].keys, 0);
    assert_eq!(engine.stats().rules[0].entries, 0);
}

#[test]
fn a_busy_token_stays_small() {
    let mut engine = Engine::new(only("token-replayed"));
    for n in 0..2_000 {
        let request = accepted(n * 1_000, "busy", "192.0.2.1", "curl/8");
        feed(&mut engine, n as u64, &request);
    }
    let bytes = engine.snapshot().len();
    assert!(bytes < 6_000, "{bytes} bytes");
}
