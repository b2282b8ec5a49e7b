use std::collections::HashMap;

use jwtrail_event::Timestamp;

use crate::attacks::Played;
use crate::monitor_api::ListedAlert;
use crate::report::AttackResult;

/// The alerts that the monitor has shown, and when it showed each for the first time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board {
    seen: HashMap<String, Sighting>,
}

#[derive(Clone, Debug)]
struct Sighting {
    alert: ListedAlert,
    at: Timestamp,
}

impl Board {
    pub(crate) fn note(&mut self, alerts: Vec<ListedAlert>, now: Timestamp) {
        for alert in alerts {
            let id = alert.id.clone();
            self.seen.entry(id).or_insert(Sighting { alert, at: now });
        }
    }

    /// Whether every alert of an attack was shown, and how many seconds after its first request
    /// the last of them.
    pub(crate) fn result(&self, played: &Played) -> AttackResult {
        let sightings: Option<Vec<Timestamp>> = played
            .expected
            .iter()
            .map(|expected| {
                let of_it = |one: &&Sighting| expected.is(&one.alert.rule, &one.alert.key);
                self.seen.values().filter(of_it).map(|one| one.at).min()
            })
            .collect();
        let covered = |rule: &&str| played.expected.iter().any(|one| one.rule == *rule);
        let last = sightings
            .filter(|_| played.rules.iter().all(covered))
            .and_then(|times| times.into_iter().max());
        AttackResult {
            id: played.id.to_owned(),
            rules: played.rules.iter().map(|rule| (*rule).to_owned()).collect(),
            alerted: last.is_some(),
            seconds_to_alert: last.map(|at| seconds(at.micros_since(played.started))),
        }
    }

    /// The alerts that belong to none of these attacks.
    pub(crate) fn beside<'a>(
        &'a self,
        played: &'a [Played],
    ) -> impl Iterator<Item = &'a ListedAlert> {
        let expected = move |alert: &&ListedAlert| {
            let mut all = played.iter().flat_map(|one| &one.expected);
            !all.any(|one| one.is(&alert.rule, &alert.key))
        };
        self.seen.values().map(|one| &one.alert).filter(expected)
    }
}

/// To the millisecond.
fn seconds(micros: i64) -> f64 {
    let millis = u32::try_from(micros.max(0) / 1_000).unwrap_or(u32::MAX);
    f64::from(millis) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expected::{ExpectedAlert, ExpectedKey};

    #[test]
    fn an_attack_is_alerted_when_each_of_its_rules_has_fired_for_its_key() {
        let mut board = Board::default();
        let played = played(&["key-probing", "forgery-attempt"]);
        assert!(!board.result(&played).alerted);
        board.note(vec![alert("1", "key-probing", "192.0.2.1")], at(3));
        assert!(!board.result(&played).alerted);
        board.note(vec![alert("2", "forgery-attempt", "192.0.2.9")], at(4));
        assert!(!board.result(&played).alerted, "another address");
        board.note(vec![alert("3", "forgery-attempt", "192.0.2.1")], at(5));
        // Shown again and again: the first time counts.
        board.note(vec![alert("3", "forgery-attempt", "192.0.2.1")], at(60));
        let result = board.result(&played);
        assert!(result.alerted);
        assert_eq!(result.seconds_to_alert, Some(4.0));
    }

    #[test]
    fn an_attack_that_names_no_alert_is_never_alerted() {
        let played = Played {
            expected: Vec::new(),
            ..played(&["key-probing"])
        };
        let mut board = Board::default();
        board.note(vec![alert("1", "key-probing", "192.0.2.1")], at(3));
        assert!(!board.result(&played).alerted);
    }

    #[test]
    fn what_belongs_to_no_attack_stands_beside() {
        let mut board = Board::default();
        board.note(
            vec![
                alert("1", "key-probing", "192.0.2.1"),
                alert("2", "key-probing", "192.0.2.2"),
                alert("3", "scope-probing", "192.0.2.1"),
            ],
            at(3),
        );
        let played = [played(&["key-probing"])];
        let mut beside: Vec<&str> = board.beside(&played).map(|alert| &*alert.id).collect();
        beside.sort_unstable();
        assert_eq!(beside, ["2", "3"]);
    }

    fn played(rules: &'static [&'static str]) -> Played {
        let expected = rules.iter().map(|rule| ExpectedAlert {
            rule,
            key: ExpectedKey::Address("192.0.2.1".to_owned()),
        });
        Played {
            id: "an-attack",
            rules,
            started: at(1),
            expected: expected.collect(),
        }
    }

    fn alert(id: &str, rule: &str, address: &str) -> ListedAlert {
        let alert = serde_json::json!({
            "id": id, "rule": rule, "key": { "display": address, "address": address },
            "last_time": at(0),
        });
        serde_json::from_value(alert).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }
}
