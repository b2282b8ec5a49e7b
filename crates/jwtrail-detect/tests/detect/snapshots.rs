use jwtrail_detect::{AlertChange, Engine, EngineStats, RuleSet, SnapshotError};
use jwtrail_event::Reason;

use crate::support::{
    Happening, MINUTE, accepted, advance, denied, embedded, feed, only, rejected,
};

/// Something for every rule, out of order, with quiet times in between.
fn log() -> Vec<Happening> {
    let mut log = Vec::new();
    for round in 0..3 {
        let start = round * 12 * MINUTE;
        for n in 0..7 {
            let at = start + n * 900;
            log.push(rejected(at, Reason::Expired, "t").arriving(at + n % 3 * 2_000));
            log.push(rejected(at + 1, Reason::UntrustedKey, "f").arriving(at + 1_500));
            log.push(denied(at + 2, "user-1", &format!("s:{n}")).arriving(at + 2_500));
            let (address, agent) =
                [("192.0.2.1", "app/1"), ("203.0.113.1", "curl/8")][n as usize % 2];
            log.push(accepted(at + 3, "r", address, agent).arriving(at + n % 2 * 4_000));
        }
    }
    log.sort_by_key(|happening| happening.arrives);
    log
}

fn go_on(engine: &mut Engine, log: &[Happening], from: usize) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    for (position, happening) in log.iter().enumerate().skip(from) {
        changes.extend(feed(engine, position as u64, happening));
    }
    engine.finish(&mut changes);
    changes
}

/// What is kept of habits takes other room than what is judged.
fn held_apart(mut stats: EngineStats) -> EngineStats {
    for rule in &mut stats.rules {
        rule.entries = 0;
    }
    stats
}

#[test]
fn a_snapshot_at_any_point_changes_nothing() {
    let log = log();
    let mut engine = Engine::new(embedded());
    let whole = go_on(&mut Engine::new(embedded()), &log, 0);
    assert!(
        whole
            .iter()
            .filter(|c| matches!(c, AlertChange::Raised(_)))
            .count()
            >= 8
    );
    let mut before = Vec::new();
    for (position, happening) in log.iter().enumerate() {
        let snapshot = engine.snapshot();
        let mut restored = Engine::restore(embedded(), &snapshot).unwrap();
        assert_eq!(restored.position(), engine.position());
        assert_eq!(held_apart(restored.stats()), held_apart(engine.stats()));
        assert_eq!(restored.open_alerts(), engine.open_alerts());
        let after = go_on(&mut restored, &log, position);
        assert_eq!([before.clone(), after].concat(), whole, "cut at {position}");
        before.extend(feed(&mut engine, position as u64, happening));
    }
}

#[test]
fn an_older_snapshot_regenerates_the_same_alerts() {
    let log = log();
    let mut engine = Engine::new(embedded());
    let old = engine.snapshot();
    let first = go_on(&mut engine, &log, 0);
    let again = go_on(&mut Engine::restore(embedded(), &old).unwrap(), &log, 0);
    assert_eq!(again, first);
}

#[test]
fn what_was_observed_is_passed_over() {
    let log = log();
    let mut engine = Engine::new(embedded());
    let half = log.len() / 2;
    for (position, happening) in log.iter().enumerate().take(half) {
        feed(&mut engine, position as u64, happening);
    }
    let mut other = Engine::restore(embedded(), &engine.snapshot()).unwrap();
    // Replayed from the start, and from where it should be.
    assert_eq!(go_on(&mut other, &log, 0), go_on(&mut engine, &log, half));
}

#[test]
fn how_often_time_is_told_does_not_matter() {
    let log = log();
    // What is raised late tells what has come since, too.
    let told = |changes: Vec<AlertChange>| {
        let kept = changes.into_iter().filter_map(|change| match change {
            AlertChange::Updated(_) => None,
            AlertChange::Raised(mut alert) => {
                alert.count = 0;
                alert.last_time = alert.raised_at;
                alert.evidence.clear();
                Some(AlertChange::Raised(alert))
            }
            resolved => Some(resolved),
        });
        kept.collect::<Vec<_>>()
    };
    let silent = go_on(&mut Engine::new(embedded()), &log, 0);
    let mut engine = Engine::new(embedded());
    let mut ticked = Vec::new();
    let mut now = 0;
    for (position, happening) in log.iter().enumerate() {
        while now < happening.arrives {
            ticked.extend(advance(&mut engine, now));
            now += 333;
        }
        ticked.extend(feed(&mut engine, position as u64, happening));
    }
    engine.finish(&mut ticked);
    let sorted = |mut changes: Vec<AlertChange>| {
        changes.sort_by_key(|change| change.alert().id);
        changes
    };
    assert_eq!(sorted(told(ticked)), sorted(told(silent)));
}

#[test]
fn a_changed_rule_starts_afresh_and_its_alert_ends() {
    let name = "token-repeated-rejections";
    let mut engine = Engine::new(only(name));
    for n in 0..5 {
        feed(&mut engine, n, &rejected(n as i64, Reason::Expired, "t"));
    }
    let open = engine.open_alerts();
    assert_eq!(open.len(), 1);
    let text = include_str!("../../../../rules/token-repeated-rejections.yml");
    let text = text.replace("threshold: 5", "threshold: 7");
    let changed = RuleSet::parse([("rule.yml", text.as_str())]).unwrap();
    let mut restored = Engine::restore(changed, &engine.snapshot()).unwrap();
    assert_eq!(restored.stats().rules[0].keys, 0);
    let changes = advance(&mut restored, 10);
    let [AlertChange::Resolved(alert)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(alert.id, open[0].id);
}

#[test]
fn a_snapshot_that_is_none_is_refused() {
    let snapshot = Engine::new(embedded()).snapshot();
    let refused = |bytes: &[u8]| Engine::restore(embedded(), bytes).unwrap_err();
    assert_eq!(refused(b""), SnapshotError::Version);
    assert_eq!(
        refused(b"jwtrail-detect snapshot 9 0\n{}"),
        SnapshotError::Version
    );
    for at in [snapshot.len() - 1, snapshot.len() / 2] {
        let cut = refused(&snapshot[..at]);
        assert!(matches!(cut, SnapshotError::Damaged { .. }), "{cut}");
    }
    let mut flipped = snapshot;
    *flipped.last_mut().unwrap() ^= 1;
    let error = refused(&flipped).to_string();
    assert_eq!(
        error,
        "the detector snapshot is damaged: its checksum does not fit; replay the log from its start"
    );
}
