use jwtrail_event::quarantine::{Kind, Target};

use super::*;

#[test]
fn changes_come_once_and_in_parts() {
    let mut list = List::new(7, 0, Vec::new());
    for number in 1..=u64::try_from(PAGE).unwrap() + 2 {
        list.put(entry(number, &[]), number);
    }
    let services = names(&["orders"]);
    let first = list.changes(&services, None, now());
    assert!(first.whole && first.more);
    assert_eq!(first.holds.len(), PAGE);
    let rest = list.changes(&services, Some(&first.version), now());
    assert!(!rest.whole && !rest.more);
    assert_eq!(rest.holds.len(), 2);
    let none = list.changes(&services, Some(&rest.version), now());
    assert!(!none.whole && none.holds.is_empty());
    assert_eq!(none.version, rest.version);
}

#[test]
fn what_changed_again_comes_again_and_what_was_released_is_told() {
    let mut list = List::new(7, 0, Vec::new());
    list.put(entry(1, &[]), 1);
    list.put(entry(2, &[]), 2);
    let services = names(&["orders"]);
    let known = list.changes(&services, None, now()).version;
    let mut longer = entry(1, &[]);
    longer.until = Timestamp::from_seconds(900);
    list.put(longer, 3);
    list.release(EventId::from_u128(2), 4);
    let news = list.changes(&services, Some(&known), now());
    assert_eq!(news.holds.len(), 1);
    assert_eq!(news.holds[0].until, Timestamp::from_seconds(900));
    assert_eq!(news.released, [EventId::from_u128(2)]);
    let whole = list.changes(&services, None, now());
    assert_eq!((whole.holds.len(), whole.released.len()), (1, 0));
}

#[test]
fn a_service_gets_what_concerns_it_and_no_other_names() {
    let mut list = List::new(7, 0, Vec::new());
    list.put(entry(1, &["orders", "billing"]), 1);
    list.put(entry(2, &["billing"]), 2);
    let orders = list.changes(&names(&["orders"]), None, now());
    assert_eq!(orders.holds.len(), 1);
    assert_eq!(orders.holds[0].services, ["orders"]);
    list.release(EventId::from_u128(2), 3);
    let news = list.changes(&names(&["orders"]), Some(&orders.version), now());
    assert!(news.holds.is_empty() && news.released.is_empty());
    assert_ne!(
        news.version, orders.version,
        "it need not be looked at again"
    );
}

#[test]
fn a_version_of_elsewhere_begins_anew() {
    let mut list = List::new(7, 0, Vec::new());
    list.put(entry(1, &[]), 1);
    let services = names(&["orders"]);
    let known = list.changes(&services, None, now()).version;
    let more = names(&["billing", "orders"]);
    assert!(
        list.changes(&more, Some(&known), now()).whole,
        "other services"
    );
    let mut other = List::new(8, 0, Vec::new());
    other.put(entry(1, &[]), 1);
    assert!(other.changes(&services, Some(&known), now()).whole);
    let older = List::new(7, 0, Vec::new());
    let whole = older.changes(&services, Some(&known), now());
    assert!(whole.whole, "a number that was not reached here");
    for since in [
        "",
        "x",
        "-1",
        "0-0-0",
        &format!("{known}0"),
        &format!("{known}x"),
    ] {
        assert!(list.changes(&services, Some(since), now()).whole, "{since}");
    }
    // After a start the releases of before are not known any more.
    let restarted = List::new(7, 5, vec![(1, entry(1, &[]))]);
    assert!(restarted.changes(&services, Some(&known), now()).whole);
    let known = restarted.changes(&services, None, now()).version;
    assert!(!restarted.changes(&services, Some(&known), now()).whole);
}

#[test]
fn forgotten_releases_make_the_next_answer_whole() {
    let mut list = List::new(7, 0, Vec::new());
    let services = names(&["orders"]);
    let mut number = 0;
    let mut known = Vec::new();
    for _ in 0..=MOST_RELEASED {
        number += 1;
        list.put(entry(number, &[]), number);
        number += 1;
        list.release(EventId::from_u128((number - 1).into()), number);
        if number <= 4 {
            known.push(list.changes(&services, None, now()).version);
        }
    }
    assert_eq!(list.released, MOST_RELEASED);
    assert!(!list.changes(&services, Some(&known[0]), now()).whole);
    number += 1;
    list.put(entry(number, &[]), number);
    list.release(EventId::from_u128(number.into()), number + 1);
    assert!(list.changes(&services, Some(&known[0]), now()).whole);
    assert!(!list.changes(&services, Some(&known[1]), now()).whole);
}

#[test]
fn what_has_ended_is_not_sent() {
    let mut list = List::new(7, 0, Vec::new());
    list.put(entry(1, &[]), 1);
    let late = Timestamp::from_seconds(60);
    assert!(
        list.changes(&names(&["orders"]), None, late)
            .holds
            .is_empty()
    );
    list.forget(EventId::from_u128(1));
    assert_eq!(list.len(), 0);
}

fn entry(id: u64, services: &[&str]) -> Entry {
    Entry {
        id: EventId::from_u128(id.into()),
        kind: Kind::Quarantine,
        target: Target::Token {
            iss: "https://login.example".to_owned(),
            jti: format!("jti-{id}"),
        },
        actor: "operator".to_owned(),
        rule: None,
        reason: String::new(),
        services: names(services),
        since: Timestamp::from_seconds(0),
        until: Timestamp::from_seconds(60),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1)
}
