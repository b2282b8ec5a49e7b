use jwtrail_detect::RuleSet;
use jwtrail_event::{Hop, Reason, Trust};

use crate::support::{Happening, MINUTE, accepted, alerts, denied, only, rejected};

fn five_rejections(last: i64) -> Vec<Happening> {
    [0, 1_000, 2_000, 3_000, last]
        .map(|at| rejected(at, Reason::Expired, "t"))
        .to_vec()
}

#[test]
fn a_window_excludes_its_start_and_includes_its_end() {
    let rule = "token-repeated-rejections";
    assert_eq!(alerts(only(rule), &five_rejections(5 * MINUTE)), []);
    let inside = alerts(only(rule), &five_rejections(5 * MINUTE - 1));
    assert_eq!(inside.len(), 1);
    assert_eq!(inside[0].count, 5);
}

#[test]
fn an_average_may_be_above_a_number_by_less_than_one() {
    let text = include_str!("rules/distinct-addresses.yml");
    let text = text
        .replace("type: value_count", "type: value_avg")
        .replace("field: client_ip", "field: refresh_generation")
        .replace("gte: 4", "gt: 450");
    let rules = RuleSet::parse([("average.yml", text.as_str())]).unwrap();
    let numbers = |numbers: [u64; 2]| {
        numbers.map(|id| Happening {
            id,
            ..rejected(0, Reason::Expired, "t")
        })
    };
    assert_eq!(alerts(rules.clone(), &numbers([449, 451])), []);
    assert_eq!(alerts(rules, &numbers([450, 451])).len(), 1);
}

#[test]
fn events_of_one_millisecond_count_each() {
    let five: Vec<Happening> = (0..5)
        .map(|id| Happening {
            id,
            ..rejected(0, Reason::Expired, "t")
        })
        .collect();
    assert_eq!(alerts(only("token-repeated-rejections"), &five).len(), 1);
    assert_eq!(alerts(only("token-repeated-rejections"), &five[1..]), []);
}

#[test]
fn what_is_not_the_senders_fault_is_no_rejection() {
    for reason in [
        Reason::KeyUnavailable,
        Reason::BackendUnavailable,
        Reason::Quarantined,
    ] {
        let five: Vec<Happening> = (0..9).map(|at| rejected(at, reason, "t")).collect();
        assert_eq!(alerts(only("token-repeated-rejections"), &five), []);
    }
}

#[test]
fn a_claimed_jti_is_no_key() {
    // Five tokens that claim what they like: five fingerprints, no alert.
    let claims: Vec<Happening> = (0..5)
        .map(|at| rejected(at, Reason::BadSignature, &format!("t-{at}")))
        .collect();
    assert_eq!(alerts(only("token-repeated-rejections"), &claims), []);
    // The same token id in five signed tokens: one identity.
    let signed: Vec<Happening> = (0..5)
        .map(|at| Happening {
            trust: Trust::Signed,
            ..rejected(at, Reason::Expired, "jti")
        })
        .collect();
    let found = alerts(only("token-repeated-rejections"), &signed);
    assert_eq!(found[0].key.jti.as_deref(), Some("jti"));
}

#[test]
fn an_event_without_a_needed_field_is_passed_over() {
    let mut engine = jwtrail_detect::Engine::new(only("scope-probing"));
    for at in 0..9 {
        let unnamed = denied(at, "user-1", "");
        assert_eq!(crate::support::feed(&mut engine, at as u64, &unnamed), []);
    }
    assert_eq!(engine.stats().rules[0].matched, 9);
    assert_eq!(engine.stats().rules[0].without_key, 9);
    assert_eq!(engine.stats().rules[0].keys, 0);
}

#[test]
fn a_rule_that_needs_trust_does_not_look_at_less() {
    let signed: Vec<Happening> = (0..9)
        .map(|at| Happening {
            trust: Trust::Signed,
            ..denied(at, "user-1", &format!("s:{at}"))
        })
        .collect();
    assert_eq!(alerts(only("scope-probing"), &signed), []);
    let verified: Vec<Happening> = (0..9)
        .map(|at| denied(at, "user-1", &format!("s:{at}")))
        .collect();
    assert_eq!(alerts(only("scope-probing"), &verified).len(), 1);
}

#[test]
fn a_scope_is_new_again_after_fourteen_days() {
    const DAY: i64 = 86_400_000;
    let probe = |start: i64| {
        ["a", "b", "c", "d", "e"]
            .iter()
            .enumerate()
            .map(move |(n, scope)| denied(start + n as i64 * MINUTE, "user-1", scope))
            .collect::<Vec<_>>()
    };
    let again = |days: i64| {
        let mut events = probe(0);
        events.extend(probe(days * DAY));
        alerts(only("scope-probing"), &events).len()
    };
    assert_eq!(again(13), 1);
    assert_eq!(again(14), 2);
}

#[test]
fn several_scopes_of_one_denial_count_each() {
    let one = [denied(0, "user-1", "a b c d e")];
    let found = alerts(only("scope-probing"), &one);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].count, 1, "one event");
}

#[test]
fn a_replay_has_to_come_back_within_the_window() {
    let home = |at| accepted(at, "t", "192.0.2.1", "Firefox/1");
    let away = accepted(1_000, "t", "203.0.113.1", "curl/8");
    let back = |at| alerts(only("token-replayed"), &[home(0), away.clone(), home(at)]).len();
    assert_eq!(back(10 * MINUTE - 1), 1);
    assert_eq!(back(10 * MINUTE), 0);
}

#[test]
fn a_replay_differs_in_address_and_in_agent() {
    let three = |address: &str, agent: &str| {
        let other = accepted(1, "t", address, agent);
        let home = |at| accepted(at, "t", "192.0.2.1", "app/1");
        alerts(only("token-replayed"), &[home(0), other, home(2)]).len()
    };
    assert_eq!(three("192.0.2.1", "curl/8"), 0, "one address");
    assert_eq!(three("203.0.113.1", "app/2"), 0, "one agent family");
    assert_eq!(three("203.0.113.1", "curl/8"), 1);
}

#[test]
fn hops_are_no_presentations() {
    let home = |at| accepted(at, "t", "192.0.2.1", "app/1");
    let hop = accepted(1, "t", "203.0.113.1", "orders-api/1");
    let internal = Happening {
        hop: Hop::Internal,
        ..hop.clone()
    };
    let traced = Happening {
        trace: home(0).trace,
        ..hop.clone()
    };
    let found = |second| alerts(only("token-replayed"), &[home(0), second, home(2)]).len();
    assert_eq!(found(internal), 0);
    assert_eq!(found(traced), 0);
    assert_eq!(found(hop), 1);
}

#[test]
fn a_hop_that_is_reported_before_its_request_is_none_either() {
    let home = |at| accepted(at, "t", "192.0.2.1", "app/1");
    let hop = |at: i64| Happening {
        trace: home(at).trace,
        ..accepted(at + 5, "t", "203.0.113.1", "orders-api/1")
    };
    // The inner service answers first, so its record comes first.
    let log: Vec<Happening> = (0..9)
        .flat_map(|n| {
            [
                hop(n * 100).arriving(n * 100 + 20),
                home(n * 100).arriving(n * 100 + 30),
            ]
        })
        .collect();
    assert_eq!(alerts(only("token-replayed"), &log), []);
}
