//! What an alert of more events than it names says of those that it does not.

use jwtrail_detect::{Alert, AlertChange, Engine, Observation};
use jwtrail_event::{Reason, Timestamp, Trust};

use crate::support::{Happening, START, alerts, feed, only, rejected};

const RULE: &str = "token-repeated-rejections";

/// Many rejections of one token, some of which differ in what vouches for them.
fn log() -> Vec<Happening> {
    let signed = |n: i64| Happening {
        trust: Trust::Signed,
        ..rejected(n * 1_000, Reason::Expired, "t")
    };
    (0..400)
        .map(|n| match n {
            // As a habit would be: some in between are late.
            n if n % 7 == 3 => signed(n).arriving(n * 1_000 + 5_000),
            n => signed(n),
        })
        .map(|one| match one.at / 1_000 {
            170 => one.through("another"),
            181 => one.written_by("orders-api-2"),
            192 => Happening {
                sub: "batch".to_owned(),
                ..one
            },
            203 => Happening {
                trust: Trust::Verified,
                ..one
            },
            _ => one,
        })
        .collect()
}

/// In the order of arrival.
fn arrived(mut log: Vec<Happening>) -> Vec<Happening> {
    log.sort_by_key(|happening| happening.arrives);
    log
}

fn last(alerts: &[Alert]) -> &Alert {
    let alert = alerts.last().unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alert.count, 400);
    assert_eq!(alert.evidence.len(), 200);
    alert
}

/// The seconds at which the witnesses were.
fn seconds(alert: &Alert) -> Vec<i64> {
    let witnesses = alert.witnesses.iter().flatten();
    witnesses
        .map(|item| (item.time.as_millis() - START) / 1_000)
        .collect()
}

#[test]
fn each_way_of_vouching_has_a_witness() {
    let log = arrived(log());
    let found = alerts(only(RULE), &log);
    let alert = last(&found);
    // The first one beyond those named stands for all the others like it.
    assert_eq!(seconds(alert), [150, 170, 181, 192, 203]);
    for witness in alert.witnesses.iter().flatten() {
        let at = log[usize::try_from(witness.position).unwrap()].at;
        assert_eq!(at, witness.time.as_millis() - START);
    }
}

#[test]
fn the_witnesses_are_the_same_after_each_restart_and_on_any_threads() {
    let log = arrived(log());
    let whole = alerts(only(RULE), &log);
    for cut in [3, 100, 172, 195, 260, 390] {
        let mut engine = Engine::new(only(RULE));
        let mut changes = Vec::new();
        for (position, happening) in log.iter().enumerate() {
            if position == cut {
                engine = Engine::restore(only(RULE), &engine.snapshot()).unwrap();
            }
            changes.extend(feed(&mut engine, position as u64, happening));
        }
        engine.finish(&mut changes);
        assert_eq!(resolved(changes), whole, "{cut}");
    }
    for threads in [1, 2, 4] {
        let mut engine = Engine::new(only(RULE)).with_threads(threads);
        let mut changes = Vec::new();
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            observe(&Observation {
                record: &log[index].record(),
                position: index as u64,
                received_at: Timestamp::from_millis(START + log[index].arrives),
                producer: &log[index].producer,
            });
        };
        engine.observe_batch(log.len(), read, &mut changes);
        engine.finish(&mut changes);
        assert_eq!(resolved(changes), whole, "{threads}");
    }
}

#[test]
fn too_many_ways_have_none() {
    let mut log = log();
    for (one, number) in log.iter_mut().skip(151).take(130).zip(0..) {
        one.instance = format!("orders-api-{number}");
    }
    let found = alerts(only(RULE), &arrived(log));
    assert_eq!(last(&found).witnesses, None);
}

#[test]
fn what_is_wholly_named_or_cannot_be_held_has_none() {
    let few: Vec<Happening> = arrived(log().into_iter().take(190).collect());
    let found = alerts(only(RULE), &few);
    assert_eq!((found[0].count, &found[0].witnesses), (190, &None));
    let guessing: Vec<Happening> = (0..400)
        .map(|n| rejected(n * 500, Reason::BadSignature, &n.to_string()))
        .collect();
    let found = alerts(only("signature-guessing"), &guessing);
    assert_eq!(last(&found).witnesses, None);
}

fn resolved(changes: Vec<AlertChange>) -> Vec<Alert> {
    let resolved = |change| match change {
        AlertChange::Resolved(alert) => Some(alert),
        _ => None,
    };
    changes.into_iter().filter_map(resolved).collect()
}
