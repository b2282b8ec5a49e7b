//! Several sinks at once: what befalls one is no other's concern.

use std::time::Duration;

use jwtrail_actix::{Sink, Trail};
use tokio::time::Instant;

use crate::capture::{Capture, assert_gapless};
use crate::full_queue::Stuck;
use crate::monitor_stub::within;
use crate::recorder::revoke;

fn trail(sinks: [Box<dyn Sink>; 2]) -> Trail {
    let [first, second] = sinks;
    let trail = Trail::builder("orders-api").sink(first).sink(second);
    trail.start().unwrap()
}

#[test]
fn one_that_stands_still_delays_no_other_and_gets_everything_later() {
    let (still, well) = (Capture::default(), Capture::default());
    let (stuck, at_the_sink, let_go) = Stuck::over(&still);
    let trail = trail([Box::new(stuck), well.sink()]);
    at_the_sink.recv().unwrap();
    for number in 0..1_000 {
        revoke(&trail, &number.to_string());
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while targets(&well).len() < 1_000 {
        assert!(Instant::now() < deadline, "the other sink waits, too");
        std::thread::yield_now();
    }
    assert!(targets(&still).is_empty());
    let_go.send(()).unwrap();
    drop(trail);
    assert_gapless(&still.records());
    assert_eq!(targets(&still), targets(&well));
}

#[tokio::test]
async fn a_commit_waits_once_for_one_that_stands_still() {
    let (still, well) = (Capture::default(), Capture::default());
    let (stuck, at_the_sink, let_go) = Stuck::over(&still);
    let trail = trail([Box::new(stuck), well.sink()]);
    at_the_sink.recv().unwrap();
    revoke(&trail, "first");
    assert!(within(trail.commit()).await);
    let before = Instant::now();
    revoke(&trail, "second");
    assert!(within(trail.commit()).await);
    assert!(before.elapsed() < Duration::from_secs(1));
    assert_eq!(targets(&well), ["first", "second"]);
    let_go.send(()).unwrap();
    trail.stop().await;
    assert_eq!(targets(&still), ["first", "second"]);
}

#[tokio::test]
async fn what_no_sink_keeps_is_not_committed() {
    let still = Capture::default();
    let (stuck, at_the_sink, let_go) = Stuck::over(&still);
    let trail = Trail::builder("orders-api").sink(Box::new(stuck));
    let trail = trail.start().unwrap();
    at_the_sink.recv().unwrap();
    revoke(&trail, "a");
    assert!(!within(trail.commit()).await);
    let_go.send(()).unwrap();
    trail.flush().await;
    assert!(within(trail.commit()).await);
    trail.stop().await;
    assert_eq!(targets(&still), ["a"]);
    assert!(!trail.commit().await);
}

fn targets(capture: &Capture) -> Vec<String> {
    let records = capture.records();
    records
        .into_iter()
        .filter_map(|record| record.target)
        .collect()
}
