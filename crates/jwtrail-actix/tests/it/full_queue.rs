use std::sync::mpsc::{Receiver, Sender, channel};

use jwtrail_actix::{Batch, Sink, SinkError, Trail};
use jwtrail_event::EventName;
use jwtrail_event::events::{Answer, Claimed, Evidence, Request, TokenHeader, TokenRejected};
use jwtrail_event::{CacheUse, Exit, Hop, Reason, Steps, Text};

use crate::capture::{Capture, Seen, assert_gapless};
use crate::recorder::{correlation, revoke};

/// Takes the first batch and then stands still until it is let go.
pub(crate) struct Stuck {
    inner: Capture,
    reached: Sender<()>,
    release: Receiver<()>,
    stuck: bool,
}

impl Stuck {
    /// One that tells when it stands still, and goes on when it is told.
    pub(crate) fn over(capture: &Capture) -> (Self, Receiver<()>, Sender<()>) {
        let (reached, at_the_sink) = channel();
        let (let_go, release) = channel();
        let stuck = Self {
            inner: capture.clone(),
            reached,
            release,
            stuck: true,
        };
        (stuck, at_the_sink, let_go)
    }
}

impl Sink for Stuck {
    fn name(&self) -> &str {
        "stuck"
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        if std::mem::take(&mut self.stuck) {
            self.reached.send(()).map_err(SinkError::new)?;
            self.release.recv().map_err(SinkError::new)?;
        }
        self.inner.write(batch)
    }
}

#[test]
fn a_stuck_sink_costs_floods_and_nothing_else_and_the_loss_is_said() {
    let capture = Capture::default();
    let (stuck, at_the_sink, let_go) = Stuck::over(&capture);
    let trail = Trail::builder("orders-api")
        .queue_bytes(1 << 20)
        .sink(Box::new(stuck))
        .start()
        .unwrap();
    at_the_sink.recv().unwrap();
    // 2.5 times the queue in rejections, then what the reserved room is for.
    for _ in 0..4_000 {
        reject(&trail);
    }
    for number in 0..500 {
        revoke(&trail, &number.to_string());
    }
    let_go.send(()).unwrap();
    drop(trail);

    let records = capture.records();
    let revoked = of(&records, EventName::TokenRevoked).count();
    assert_eq!(revoked, 500);
    let rejected = of(&records, EventName::TokenRejected).count() as u64;
    let said: u64 = of(&records, EventName::AuditDropped)
        .map(|r| r.dropped)
        .sum();
    assert!(rejected < 4_000);
    assert_eq!(rejected + said, 4_000);
    // The numbers show the same loss.
    let last = records.last().unwrap();
    assert_eq!(last.seq + 1, records.len() as u64 + said);
    assert_eq!(last.counts.unwrap().dropped, said);
    assert!(of(&records, EventName::AuditDropped).all(|r| {
        r.line.contains("\"sink\":\"stuck\"") && r.line.contains("\"dropped_kind\":\"unverified\"")
    }));
}

/// Panics with the first batch.
struct Panicking;

impl Sink for Panicking {
    fn name(&self) -> &str {
        "panicking"
    }

    fn write(&mut self, _: &Batch) -> Result<(), SinkError> {
        panic!("the sink of the test")
    }
}

#[test]
fn a_sink_that_panics_does_not_take_the_others_with_it() {
    let capture = Capture::default();
    let trail = Trail::builder("orders-api")
        .sink(Box::new(Panicking))
        .sink(capture.sink())
        .start()
        .unwrap();
    revoke(&trail, "a");
    drop(trail);
    let records = capture.records();
    assert_gapless(&records);
    assert!(records.last().unwrap().last);
    let dropped = of(&records, EventName::AuditDropped).find(|r| r.line.contains("panicking"));
    assert!(dropped.is_some());
}

fn of(records: &[Seen], event: EventName) -> impl Iterator<Item = &Seen> {
    records.iter().filter(move |record| record.event == event)
}

fn reject(trail: &Trail) {
    let request = Request {
        correlation: correlation(),
        client_ip: [192, 0, 2, 1].into(),
        peer_ip: [192, 0, 2, 1].into(),
        hop: Hop::Edge,
        user_agent: None,
        origin: None,
        method: Text::from("GET"),
        route: Text::from("/orders/{id}"),
    };
    trail.record(&TokenRejected {
        request: &request,
        answer: Answer {
            steps: Steps::default(),
            status: Some(401),
            exit: Exit::Responded,
            enforced: true,
            duration_us: 5,
            cache: CacheUse::None,
        },
        evidence: Evidence::Unverified {
            header: TokenHeader::default(),
            claimed: Claimed::default(),
        },
        reason: Reason::BadSignature,
    });
}
