use jwtrail_detect::{Alert, AlertStatus, Replay};
use jwtrail_event::Reason;

use crate::support::{Happening, embedded, only, rejected};

fn line(at: i64) -> Vec<u8> {
    let mut line = Vec::new();
    let happening = rejected(at, Reason::Expired, "t");
    happening.record().write_ndjson(&mut line);
    line
}

#[test]
fn lines_that_are_no_events_are_named_and_the_rest_goes_on() {
    let mut replay = Replay::new(only("token-repeated-rejections"));
    replay.line(b"{\"time\":1}");
    for at in 0..5 {
        replay.line(&line(at));
        replay.line(b"\n");
    }
    assert_eq!(replay.alerts().count(), 1, "raised at once");
    replay.line(b"\xff\xfe");
    let (alerts, stats) = replay.finish();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].evidence[0].position, 2, "the line's number");
    assert_eq!((stats.lines, stats.events, stats.alerts), (12, 5, 1));
    let skipped: Vec<u64> = stats.skipped.iter().map(|skipped| skipped.line).collect();
    assert_eq!(skipped, [1, 12]);
    assert!(stats.skipped[0].problem.starts_with("not an audit event"));
}

#[test]
fn skipped_lines_are_counted_but_not_all_named() {
    let mut replay = Replay::new(embedded());
    for _ in 0..500 {
        replay.line(b"no");
    }
    let (_, stats) = replay.finish();
    assert_eq!(stats.skipped_lines, 500);
    assert_eq!(stats.skipped.len(), 100);
}

#[test]
fn keys_are_those_held_before_the_end() {
    let mut replay = Replay::new(embedded());
    replay.line(&line(0));
    assert!(replay.finish().1.keys > 0);
}

#[test]
fn threads_change_nothing() {
    let mut one = Replay::new(embedded());
    let mut three = Replay::new(embedded()).with_threads(3);
    for at in 0..9_000 {
        let reason = [Reason::BadSignature, Reason::UntrustedKey, Reason::Expired][at % 3];
        let mut line = Vec::new();
        let event = rejected(at as i64 * 40, reason, &format!("t-{}", at % 17));
        event.record().write_ndjson(&mut line);
        if at % 1_000 == 999 {
            line.truncate(40);
        }
        one.line(&line);
        three.line(&line);
    }
    let (alerts, stats) = one.finish();
    assert!(alerts.len() > 3);
    assert_eq!(stats.skipped.len(), 9);
    assert_eq!(three.finish(), (alerts, stats));
}

/// Thirty clients whose key nobody knows try five times each, and somebody else reuses a token.
fn outage() -> Vec<Vec<u8>> {
    let written = |event: &Happening| {
        let mut line = Vec::new();
        event.record().write_ndjson(&mut line);
        line
    };
    let mut lines = Vec::new();
    for round in 0..5 {
        for client in 0..30 {
            let at = round * 10_000 + client * 10;
            lines.push(written(&Happening {
                address: format!("198.51.100.{client}"),
                ..rejected(at, Reason::UnknownKey, &format!("t-{client}"))
            }));
        }
    }
    for at in 0..5 {
        lines.push(written(&rejected(
            60_000 + at,
            Reason::BadSignature,
            "forged",
        )));
    }
    lines
}

fn replayed(mut replay: Replay) -> Vec<Alert> {
    for line in outage() {
        replay.line(&line);
    }
    replay.finish().0
}

#[test]
fn an_outage_is_told_by_the_alert_of_its_service() {
    let alerts = replayed(Replay::new(embedded()).with_collapse());
    let of = |rule: &str| -> Vec<&Alert> {
        let alerts = alerts.iter();
        alerts.filter(|alert| alert.rule == rule).collect()
    };
    let service = of("reason-surge");
    assert_eq!(service.len(), 1, "{alerts:?}");
    assert_eq!(service[0].status, AlertStatus::Resolved);
    let tokens = of("token-repeated-rejections");
    assert_eq!(tokens.len(), 31);
    let (parts, alone): (Vec<&Alert>, Vec<&Alert>) =
        tokens.iter().partition(|alert| alert.part_of.is_some());
    assert!(parts.iter().all(|part| part.part_of == Some(service[0].id)));
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].key.token_fp.as_deref(), Some("forged"));

    let threads = |count| replayed(Replay::new(embedded()).with_threads(count).with_collapse());
    assert_eq!(threads(3), alerts);
    let as_they_are = replayed(Replay::new(embedded()));
    assert_eq!(as_they_are.len() + 1, alerts.len());
    assert!(as_they_are.iter().all(|alert| alert.part_of.is_none()));
}
