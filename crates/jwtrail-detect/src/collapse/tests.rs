use jwtrail_event::{EventId, EventName, Kind, Outcome, Record, Text, Trust};
use proptest::prelude::*;

use super::*;
use crate::AlertStatus;

/// An event: second, address, reason of the refusal.
type Seen = (i64, u32, Option<Reason>);

#[test]
fn an_issuer_outage_is_one_alert_of_the_service() {
    let mut collapse = Collapse::new();
    let mut changes = observe(&mut collapse, &outage(0, 100, 30));
    let service = raised(&changes);
    assert_eq!(service.len(), 1, "{changes:?}");
    assert_eq!(service[0].key.display, "orders-api, unknown_key");
    assert_eq!(service[0].severity, Severity::High);
    let id = service[0].id;

    // Each token of each client: none pages by itself.
    changes = (0..30)
        .map(|n| AlertChange::Raised(alert(n, KeyClass::Token, 200)))
        .collect();
    collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
    assert!(
        changes
            .iter()
            .all(|change| change.alert().part_of == Some(id))
    );

    // It goes on, is told once for each window, and ends.
    changes = observe(&mut collapse, &outage(300, 100, 40));
    assert!(
        matches!(&*changes, [AlertChange::Updated(one)] if one.id == id),
        "{changes:?}"
    );
    changes = observe(&mut collapse, &outage(600, 100, 0));
    changes.extend(observe(&mut collapse, &outage(1_300, 100, 0)));
    let [AlertChange::Resolved(over)] = &*changes else {
        panic!("{changes:?}");
    };
    assert_eq!(
        (over.id, over.status, over.count),
        (id, AlertStatus::Resolved, 70)
    );
    let mut late = [AlertChange::Raised(alert(99, KeyClass::Token, 1_300))];
    collapse.gather(&mut late, |_| about(Reason::UnknownKey));
    assert_eq!(late[0].alert().part_of, None);
}

#[test]
fn a_part_stays_one_when_it_ends_days_later() {
    let mut collapse = Collapse::new();
    let id = raised(&observe(&mut collapse, &outage(0, 100, 30)))[0].id;
    let gather = |collapse: &mut Collapse, change: fn(Alert) -> AlertChange| {
        let mut changes = [change(alert(1, KeyClass::Token, 200))];
        collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
        collapse.forget();
        changes[0].alert().part_of
    };
    assert_eq!(gather(&mut collapse, AlertChange::Raised), Some(id));
    observe(&mut collapse, &outage(2 * DAY, 100, 0));
    collapse.forget();
    collapse = Collapse::restore(&collapse.snapshot());
    assert_eq!(gather(&mut collapse, AlertChange::Resolved), Some(id));
}

#[test]
fn what_is_gathered_once_for_days_is_gathered_whole() {
    let mut collapse = Collapse::new();
    let mut changes = observe(&mut collapse, &outage(0, 100, 30));
    let id = raised(&changes)[0].id;
    changes.extend(observe(&mut collapse, &outage(2 * DAY, 100, 0)));
    let mut changes = [AlertChange::Raised(alert(1, KeyClass::Token, 200))];
    collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
    assert_eq!(changes[0].alert().part_of, Some(id));
    collapse.forget();
    let mut changes = [AlertChange::Raised(alert(2, KeyClass::Token, 200))];
    collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
    assert_eq!(changes[0].alert().part_of, None);
}

/// Seconds.
const DAY: i64 = 86_400;

#[test]
fn an_attack_within_an_outage_pages_by_itself() {
    let mut collapse = Collapse::new();
    let changes = observe(&mut collapse, &outage(0, 100, 30));
    let id = raised(&changes)[0].id;
    let gathered = |alert: Alert, rests_on: Option<(String, Reason)>| {
        let mut changes = [AlertChange::Raised(alert)];
        collapse.clone().gather(&mut changes, |_| rests_on.clone());
        changes[0].alert().part_of
    };
    let token = || alert(1, KeyClass::Token, 200);
    assert_eq!(gathered(token(), about(Reason::UnknownKey)), Some(id));
    assert_eq!(
        gathered(token(), about(Reason::BadSignature)),
        None,
        "another reason"
    );
    assert_eq!(
        gathered(token(), None),
        None,
        "accepted tokens, or several reasons"
    );
    let other = Some(("billing".to_owned(), Reason::UnknownKey));
    assert_eq!(gathered(token(), other), None, "another service");
    let critical = Alert {
        severity: Severity::Critical,
        ..token()
    };
    assert_eq!(gathered(critical, about(Reason::UnknownKey)), None);
    let issuer = alert(1, KeyClass::Issuer, 200);
    assert_eq!(gathered(issuer, about(Reason::UnknownKey)), None);
    let before = alert(1, KeyClass::Token, -200);
    assert_eq!(
        gathered(before, about(Reason::UnknownKey)),
        None,
        "before it began"
    );
}

#[test]
fn few_addresses_or_a_small_part_are_no_outage() {
    for (active, hit, expected) in [(20, 20, 1), (19, 19, 0), (100, 20, 0), (100, 21, 1)] {
        let mut collapse = Collapse::new();
        observe(&mut collapse, &outage(-300, active, 0));
        let changes = observe(&mut collapse, &outage(0, active, hit));
        assert_eq!(raised(&changes).len(), expected, "{hit} of {active}");
    }
}

#[test]
fn an_alert_that_came_before_the_crowd_joins_it_at_its_end() {
    let mut collapse = Collapse::new();
    let mut changes = [AlertChange::Raised(alert(1, KeyClass::Address, 1))];
    collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
    assert_eq!(changes[0].alert().part_of, None);
    let service = observe(&mut collapse, &outage(0, 100, 30));
    let mut changes = [AlertChange::Resolved(alert(1, KeyClass::Address, 1))];
    collapse.gather(&mut changes, |_| panic!("it is known already"));
    assert_eq!(changes[0].alert().part_of, Some(raised(&service)[0].id));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn neither_order_nor_a_kill_changes_what_is_part(
        seen in prop::collection::vec((0..900_i64, 0..60_u32, any::<bool>()), 0..400),
        order in any::<prop::sample::Index>(),
        kill in any::<prop::sample::Index>(),
    ) {
        let seen: Vec<Seen> = seen
            .into_iter()
            .map(|(second, address, hit)| (second, address, hit.then_some(Reason::UnknownKey)))
            .collect();
        let mut turned = seen.clone();
        if !turned.is_empty() {
            turned.rotate_left(order.index(seen.len()));
        }
        let cut = kill.index(seen.len() + 1);
        let mut whole = Collapse::new();
        let expected = observe_from(&mut whole, &seen, (0, 900));
        let mut killed = Collapse::new();
        let mut changes = observe_from(&mut killed, &seen[..cut], (0, 900));
        let mut killed = Collapse::restore(&killed.snapshot());
        changes.extend(observe_from(&mut killed, &seen[cut..], (cut, 900)));
        prop_assert_eq!(&changes, &expected);
        let mut other = Collapse::new();
        observe_from(&mut other, &turned, (0, 900));
        for second in [100, 400, 700] {
            let final_part = |collapse: &mut Collapse| {
                let mut changes = [AlertChange::Resolved(alert(1, KeyClass::Token, second))];
                collapse.gather(&mut changes, |_| about(Reason::UnknownKey));
                changes[0].alert().part_of
            };
            // By brute force: the window's addresses, and those that were refused.
            let is_surge = |window: i64| {
                let addresses = |window: i64, hit: bool| {
                    let of_window = seen.iter().filter(|(at, ..)| at.div_euclid(300) == window);
                    let some = of_window.filter(|(.., why)| !hit || why.is_some());
                    some.map(|(_, address, _)| address).collect::<std::collections::BTreeSet<_>>().len()
                };
                let active = addresses(window, false).max(addresses(window - 1, false));
                let hit = addresses(window, true);
                hit >= 20 && hit * 5 > active
            };
            let begin = (0..=second / 300).rev().take_while(|window| is_surge(*window)).last();
            let expected = begin.map(|begin| {
                surge::id("orders-api", Reason::UnknownKey, begin + BASE / WINDOW)
            });
            prop_assert_eq!(final_part(&mut whole), expected);
            prop_assert_eq!(final_part(&mut other), expected);
        }
    }
}

/// Addresses that are active within five minutes from a second on, some of them refused.
fn outage(second: i64, active: u32, hit: u32) -> Vec<Seen> {
    let reason = |n| (n < hit).then_some(Reason::UnknownKey);
    (0..active)
        .map(|n| (second + i64::from(n), n, reason(n)))
        .collect()
}

/// They arrive when the last of them has happened.
fn observe(collapse: &mut Collapse, seen: &[Seen]) -> Vec<AlertChange> {
    let arrived = seen.iter().map(|(second, ..)| *second).max();
    observe_from(collapse, seen, (0, arrived.unwrap_or(0)))
}

/// With the number of the first, and the second at which all of them arrive.
fn observe_from(
    collapse: &mut Collapse,
    seen: &[Seen],
    (first, arrived): (usize, i64),
) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    for (at, (second, address, reason)) in (first + 1..).zip(seen) {
        let time = Timestamp::from_millis(BASE + second * 1_000);
        let name = match reason {
            Some(_) => EventName::TokenRejected,
            None => EventName::TokenAccepted,
        };
        let mut record = Record::new(name, Outcome::Success, time);
        record.kind = Kind::Decision;
        record.event_id = EventId::from_u128(u128::from(at as u64));
        record.service = Text::from("orders-api");
        record.trust = Trust::None;
        record.reason = *reason;
        record.client_ip = Some(Text::from(format!(
            "10.0.{}.{}",
            address / 250,
            address % 250
        )));
        let observation = Observation {
            record: &record,
            position: at as u64,
            received_at: Timestamp::from_millis(BASE + arrived * 1_000),
            producer: "orders",
        };
        collapse.observe(&observation, &mut changes);
    }
    changes
}

fn raised(changes: &[AlertChange]) -> Vec<&Alert> {
    let raised = changes
        .iter()
        .filter(|change| matches!(change, AlertChange::Raised(_)));
    raised.map(AlertChange::alert).collect()
}

fn about(reason: Reason) -> Option<(String, Reason)> {
    Some(("orders-api".to_owned(), reason))
}

fn alert(id: u128, class: KeyClass, second: i64) -> Alert {
    Alert {
        id: AlertId::from_u128(id),
        key_class: class,
        raised_at: Timestamp::from_millis(BASE + second * 1_000),
        ..Alert::from(crate::OwnAlert {
            rule: "token-repeated-rejections",
            title: "t",
            description: "d",
            severity: Severity::Medium,
            service: "orders-api",
            at: Timestamp::from_seconds(0),
        })
    }
}

/// Milliseconds; the beginning of a window.
const BASE: i64 = 5_000_000 * WINDOW;
