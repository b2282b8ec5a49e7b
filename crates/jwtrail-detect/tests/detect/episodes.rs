use jwtrail_detect::{AlertChange, AlertStatus, Engine, MAX_EVIDENCE, Severity};
use jwtrail_event::{EventId, Reason};

use crate::support::{Happening, MINUTE, accepted, advance, alerts, feed, only, rejected, run};

fn kinds(changes: &[AlertChange]) -> Vec<&'static str> {
    let kind = |change: &AlertChange| match change {
        AlertChange::Raised(_) => "raised",
        AlertChange::Updated(_) => "updated",
        AlertChange::Resolved(_) => "resolved",
        _ => "new",
    };
    changes.iter().map(kind).collect()
}

fn every(millis: i64, count: i64) -> Vec<Happening> {
    let one = |n| rejected(n * millis, Reason::Expired, "t");
    (0..count).map(one).collect()
}

#[test]
fn the_event_that_crosses_raises_at_once() {
    let mut engine = Engine::new(only("token-repeated-rejections"));
    let events = every(1_000, 5);
    for (position, event) in events.iter().enumerate().take(4) {
        assert_eq!(feed(&mut engine, position as u64, event), []);
    }
    let changes = feed(&mut engine, 4, &events[4]);
    let [AlertChange::Raised(alert)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    let decisive = EventId::from_u128(u128::from(events[4].id) + 1).to_string();
    assert_eq!(alert.decisive_event_id, decisive);
    assert_eq!(alert.status, AlertStatus::Open);
    assert_eq!(alert.count, 5);
    assert_eq!(alert.evidence.len(), 5);
    assert_eq!(
        alert.evidence.last().unwrap().event_id.to_string(),
        decisive
    );
    assert_eq!(alert.evidence.last().unwrap().position, 4);
    assert_eq!(alert.services, ["orders-api"]);
    assert_eq!(alert.producer, "orders");
    assert_eq!(engine.open_alerts(), std::slice::from_ref(alert));
}

#[test]
fn an_episode_lasts_until_it_is_quiet_and_can_come_again() {
    let mut events = every(1_000, 8);
    let quiet = 7_000 + 5 * MINUTE;
    events.extend(every(1_000, 5).into_iter().map(|event| {
        let at = event.at + quiet;
        rejected(at, Reason::Expired, "t")
    }));
    let changes = run(only("token-repeated-rejections"), &events);
    let raised: Vec<_> = kinds(&changes)
        .into_iter()
        .filter(|k| *k != "updated")
        .collect();
    assert_eq!(raised, ["raised", "resolved", "raised", "resolved"]);
    let found = alerts(only("token-repeated-rejections"), &events);
    assert_eq!([found[0].count, found[1].count], [8, 5]);
    assert_ne!(found[0].id, found[1].id);
    // A millisecond sooner it is one episode.
    for event in &mut events[8..] {
        *event = rejected(event.at - 1, Reason::Expired, "t");
    }
    let found = alerts(only("token-repeated-rejections"), &events);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].count, 13);
}

#[test]
fn quiet_resolves_by_arrival_alone() {
    let mut engine = Engine::new(only("token-repeated-rejections"));
    for (position, event) in every(1_000, 5).iter().enumerate() {
        feed(&mut engine, position as u64, event);
    }
    // 5 min of quiet after the last event, and the lateness on top.
    let end = 4_000 + 5 * MINUTE + 30_000;
    assert_eq!(kinds(&advance(&mut engine, end - 1)), Vec::<&str>::new());
    let changes = advance(&mut engine, end);
    let [AlertChange::Resolved(alert)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(alert.status, AlertStatus::Resolved);
    assert_eq!(alert.settled_id, Some(alert.id));
    assert_eq!(engine.open_alerts(), []);
    assert_eq!(engine.stats().rules[0].keys, 0, "nothing is kept");
}

#[test]
fn updates_come_once_a_second_of_arrival() {
    let changes = run(only("token-repeated-rejections"), &every(10, 305));
    let updates = kinds(&changes)
        .iter()
        .filter(|kind| **kind == "updated")
        .count();
    assert!((3..=4).contains(&updates), "{updates}");
    let AlertChange::Resolved(alert) = changes.last().unwrap() else {
        panic!("not resolved");
    };
    assert_eq!(alert.count, 305);
}

#[test]
fn evidence_is_bounded_and_keeps_both_ends() {
    let found = alerts(only("token-repeated-rejections"), &every(10, 1_000));
    let evidence = &found[0].evidence;
    assert_eq!(evidence.len(), MAX_EVIDENCE);
    assert_eq!(evidence[0].position, 0);
    assert_eq!(evidence[199].position, 999);
    assert!(
        evidence
            .iter()
            .any(|e| e.event_id.to_string() == found[0].decisive_event_id)
    );
    assert!(evidence.is_sorted_by_key(|e| e.time));
}

#[test]
fn forgery_becomes_worse_when_it_repeats() {
    let forged = |n: i64| rejected(n * 1_000, Reason::AlgorithmNotAllowed, &format!("t-{n}"));
    let events: Vec<Happening> = (0..5).map(forged).collect();
    let mut engine = Engine::new(only("forgery-attempt"));
    let first = feed(&mut engine, 0, &events[0]);
    assert_eq!(first[0].alert().severity, Severity::Informational);
    let mut worse = Vec::new();
    for (position, event) in events.iter().enumerate().skip(1) {
        worse = feed(&mut engine, position as u64, event);
    }
    let last = worse.last().unwrap();
    assert_eq!(last.alert().severity, Severity::High, "told at once");
    assert_eq!(last.alert().id, first[0].alert().id);
    let found = alerts(only("forgery-attempt"), &events[..4]);
    assert_eq!(found[0].severity, Severity::Informational);
}

#[test]
fn forgery_is_worse_with_a_subject_that_is_known() {
    let forged = rejected(10, Reason::UntrustedKey, "t");
    let known = accepted(5, "good", "192.0.2.9", "app/1");
    let of = |log: &[Happening]| alerts(only("forgery-attempt"), log)[0].severity;
    assert_eq!(of(std::slice::from_ref(&forged)), Severity::Informational);
    assert_eq!(of(&[known, forged]), Severity::High);
}

#[test]
fn keys_are_never_merged() {
    let mut events = every(1_000, 5);
    events.extend((0..5).map(|n| rejected(n * 1_000 + 5_000, Reason::Expired, "u")));
    let found = alerts(only("token-repeated-rejections"), &events);
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].key, found[1].key);
}

#[test]
fn the_future_is_the_time_of_arrival() {
    let ahead: Vec<Happening> = (0..5)
        .map(|n| rejected(n * 20 * MINUTE, Reason::Expired, "t").arriving(n * 1_000))
        .collect();
    let mut engine = Engine::new(only("token-repeated-rejections"));
    let last: Vec<_> = (0..5)
        .map(|n| feed(&mut engine, n, &ahead[n as usize]))
        .collect();
    assert_eq!(kinds(&last[4]), ["raised"]);
    assert_eq!(engine.stats().clamped, 4);
}

#[test]
fn a_spool_is_judged_in_its_own_time() {
    // Five rejections over an hour, delivered within a second, a day late.
    let day = 24 * 60 * MINUTE;
    let mut log: Vec<Happening> = (0..100)
        .map(|n| accepted(day + n * 100, "x", "192.0.2.9", "app/1").through("live"))
        .collect();
    let spool = |gap: i64| {
        (0..5).map(move |n| {
            rejected(n * gap, Reason::Expired, "t")
                .arriving(day + 10_000 + n)
                .through("was-away")
        })
    };
    let sparse: Vec<Happening> = log.iter().cloned().chain(spool(15 * MINUTE)).collect();
    assert_eq!(alerts(only("token-repeated-rejections"), &sparse), []);
    log.extend(spool(MINUTE));
    let found = alerts(only("token-repeated-rejections"), &log);
    assert_eq!(found.len(), 1, "one alert, however old");
    assert_eq!(found[0].count, 5);
}

#[test]
fn an_instances_spool_is_judged_beside_its_live_siblings() {
    // One credential, two instances: the first is live, the second was away for an hour.
    let live: Vec<_> = (0..40)
        .map(|n| accepted(60 * MINUTE + n * 1_000, "live", "192.0.2.9", "curl/8"))
        .collect();
    let kept = every(10_000, 5).into_iter().enumerate().map(|(n, event)| {
        let arrives = 60 * MINUTE + 40_000 + i64::try_from(n).unwrap();
        event.arriving(arrives).written_by("orders-api-2")
    });
    let happenings: Vec<_> = live.into_iter().chain(kept).collect();
    let found = alerts(only("token-repeated-rejections"), &happenings);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn an_alert_keeps_its_written_form() {
    let found = alerts(only("token-repeated-rejections"), &every(1_000, 5));
    let written = serde_json::to_value(&found[0]).unwrap();
    let read: jwtrail_detect::Alert = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(read, found[0]);
    let last = serde_json::json!({
        "position": 4,
        "event_id": "00000000-0000-0000-0000-0000000f51e1",
        "time": "2026-02-25T06:13:24.000000Z",
    });
    assert_eq!(written["evidence"][4], last);
    let mut short = written;
    let fields = short.as_object_mut().unwrap();
    for long in [
        "description",
        "evidence",
        "rule_version",
        "settled_id",
        "id",
    ] {
        assert!(fields.remove(long).is_some(), "{long}");
    }
    let right = serde_json::json!({
        "rule": "token-repeated-rejections",
        "title": "One token rejected again and again",
        "severity": "low",
        "status": "resolved",
        "key_class": "token",
        "key": {"display": "t", "token_fp": "t"},
        "first_time": "2026-02-25T06:13:20.000000Z",
        "last_time": "2026-02-25T06:13:24.000000Z",
        "raised_at": "2026-02-25T06:13:24.000000Z",
        "count": 5,
        "decisive_event_id": "00000000-0000-0000-0000-0000000f51e1",
        "services": ["orders-api"],
        "producer": "orders",
        "response": "alert",
    });
    assert_eq!(short, right);
}

#[test]
fn an_event_that_is_late_for_its_order_is_judged_at_once() {
    let mut engine = Engine::new(only("token-replayed"));
    let at = |seconds: i64, address, agent| accepted(seconds * 1_000, "t", address, agent);
    let (one, other) = (
        ("192.0.2.1", "curl/8"),
        ("198.51.100.9", "python-requests/2"),
    );
    let clock = accepted(60_000, "another", "192.0.2.3", "curl/8");
    for (position, event) in (0..).zip([at(0, one.0, one.1), at(10, other.0, other.1), clock]) {
        assert_eq!(feed(&mut engine, position, &event), []);
    }
    // The watermark has passed it: nothing that may come can change what it means.
    let late = at(20, one.0, one.1).arriving(60_000);
    let changes = feed(&mut engine, 3, &late);
    assert!(
        matches!(changes[..], [AlertChange::Raised(_)]),
        "{changes:?}"
    );
}

#[test]
fn what_waited_for_a_producer_is_judged_with_an_event_of_one_that_is_further() {
    let mut engine = Engine::new(only("token-replayed"));
    let at = |seconds: i64, address, agent| {
        let event = accepted(seconds * 1_000, "t", address, agent);
        event.arriving(130_000)
    };
    let (one, other) = (
        ("192.0.2.1", "curl/8"),
        ("198.51.100.9", "python-requests/2"),
    );
    let behind = |event: Happening| event.through("basket").written_by("basket-1");
    for (position, event) in (0..).zip([
        accepted(130_000, "another", "192.0.2.3", "curl/8"),
        behind(at(0, one.0, one.1)),
        behind(at(10, other.0, other.1)),
        behind(at(20, one.0, one.1)),
    ]) {
        assert_eq!(feed(&mut engine, position, &event), []);
    }
    let changes = feed(&mut engine, 4, &at(125, one.0, one.1));
    assert!(
        matches!(changes[..], [AlertChange::Raised(_)]),
        "{changes:?}"
    );
}
