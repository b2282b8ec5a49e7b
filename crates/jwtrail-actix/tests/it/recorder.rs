use std::sync::{Arc, Barrier};

use jwtrail_actix::{Trail, TrailError};
use jwtrail_event::events::{Correlation, TokenRevoked};
use jwtrail_event::{Clock as _, CorrelationSource, EventName, SpanId, Text, TraceId};

use crate::capture::{Capture, FixedClock, assert_gapless, seen};

#[test]
fn threads_at_once_leave_every_number_once_and_each_thread_in_order() {
    let capture = Capture::default();
    let trail = Trail::builder("orders-api")
        .sink(capture.sink())
        .start()
        .unwrap();
    let barrier = Arc::new(Barrier::new(4));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (trail, barrier) = (trail.clone(), Arc::clone(&barrier));
            scope.spawn(move || {
                barrier.wait();
                for number in 0..5_000 {
                    revoke(&trail, &format!("{thread}:{number}"));
                }
            });
        }
    });
    drop(trail);
    let records = capture.records();
    assert_gapless(&records);
    for thread in 0..4 {
        let prefix = format!("{thread}:");
        let targets: Vec<_> = records
            .iter()
            .filter_map(|record| {
                record
                    .target
                    .as_deref()?
                    .strip_prefix(&prefix)?
                    .parse::<u32>()
                    .ok()
            })
            .collect();
        assert_eq!(targets, (0..5_000).collect::<Vec<_>>());
    }
    assert!(records.last().unwrap().last);
}

#[tokio::test]
async fn a_flush_hands_over_what_was_recorded_before_it() {
    let capture = Capture::default();
    let trail = Trail::builder("orders-api")
        .sink(capture.sink())
        .start()
        .unwrap();
    revoke(&trail, "a");
    trail.flush().await;
    assert!(
        capture
            .records()
            .iter()
            .any(|r| r.target.as_deref() == Some("a"))
    );
}

#[tokio::test]
async fn a_stop_ends_with_the_final_heartbeat_and_later_records_are_counted() {
    let capture = Capture::default();
    let trail = Trail::builder("orders-api")
        .sink(capture.sink())
        .start()
        .unwrap();
    revoke(&trail, "a");
    trail.stop().await;
    let records = capture.records();
    revoke(&trail, "too late");
    trail.stop().await;
    assert_eq!(capture.records().len(), records.len());
    assert_eq!(trail.counts().dropped, 1);
    let last = records.last().unwrap();
    assert!(last.last && last.event == EventName::Heartbeat);
    assert_eq!(last.counts.unwrap().dropped, 0);
    assert_gapless(&records);
}

#[test]
fn the_clock_and_the_names_stand_in_each_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    let trail = Trail::builder("orders-api")
        .version("1.2.3")
        .instance("orders-7")
        .clock(Arc::new(FixedClock))
        .file(&path)
        .start()
        .unwrap();
    revoke(&trail, "a");
    let boot = trail.origin().boot_id.clone();
    drop(trail);
    let records = seen(&std::fs::read(&path).unwrap());
    assert!(records.len() >= 2);
    for record in records {
        let time = FixedClock.now().to_string();
        for part in ["orders-api", "1.2.3", "orders-7", &boot, &time] {
            assert!(record.line.contains(part), "{part} in {}", record.line);
        }
    }
}

#[test]
fn a_trail_without_a_sink_does_not_start() {
    let error = Trail::builder("orders-api").start().unwrap_err();
    assert!(matches!(error, TrailError::NoSink { .. }));
    assert!(error.to_string().contains("`orders-api`"));
}

pub(crate) fn revoke(trail: &Trail, target: &str) {
    trail.record(&TokenRevoked {
        correlation: &correlation(),
        actor: Text::from("test"),
        target: Text::from(target),
        claims: None,
        family: None,
        until: None,
    });
}

pub(crate) fn correlation() -> Correlation<'static> {
    Correlation {
        id: Text::from("c"),
        source: CorrelationSource::Generated,
        trace_id: TraceId::from_bits(1),
        span_id: SpanId::from_bits(1),
        linked_trace_id: None,
    }
}
