use std::collections::BTreeMap;

use jwtrail_event::Reason;
use proptest::prelude::*;

use crate::support::{Happening, accepted, rejected};

/// Events in order, no two at one millisecond: else a hash of the producer's name decides, which
/// is nobody's business here.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) events: Vec<Happening>,
}

impl Stream {
    /// In the order of arrival.
    pub(super) fn arriving(&self) -> impl Iterator<Item = &Happening> {
        let mut events: Vec<&Happening> = self.events.iter().collect();
        events.sort_by_key(|event| (event.arrives, event.at));
        events.into_iter()
    }

    /// The last arrival: what has not come by then is not known to be missing.
    pub(super) fn end(&self) -> i64 {
        self.events.iter().map(|event| event.arrives).max().unwrap()
    }

    pub(super) fn late_by(&self, lateness: &[i64]) -> Self {
        let late = |(event, late): (&Happening, &i64)| event.clone().arriving(event.at + late);
        let events = self.events.iter().zip(lateness.iter().cycle());
        Self {
            events: events.map(late).collect(),
        }
    }
}

/// Up to 120 events of 2 tokens: rejections and acceptances from a few addresses. Gaps are
/// drawn by their order of magnitude, so that bursts and silences both come about.
pub(super) fn streams() -> impl Strategy<Value = Stream> {
    let gap = prop_oneof![
        6 => 1..3_000_i64,
        3 => 3_000..60_000_i64,
        1 => 60_000..1_500_000_i64,
    ];
    let event = (gap, 0..2_u8, 0..3_u8, 0..5_u8, 0..3_u8, 0..2_u8);
    prop::collection::vec(event, 1..120).prop_map(|events| {
        let mut at = 0;
        let one = |(gap, token, kind, address, agent, instance)| {
            at += gap;
            happening(at, token, kind, address, agent, instance)
        };
        Stream {
            events: events.into_iter().map(one).collect(),
        }
    })
}

/// Up to 120 events of 2 tokens, on a clock of few ticks, so that waits end when something comes as
/// well as before and after. Two boots of each token count side by side: mostly one after another,
/// now and then one is left out, and some of those come later.
pub(super) fn numbered() -> impl Strategy<Value = Stream> {
    let gap = prop_oneof![4 => 1..4_i64, 4 => 5..13_i64, 1 => 13..200_i64];
    let event = (gap, 0..2_u8, 0..3_u8, 0..5_u8, 0..6_u8, 0..10_u8);
    prop::collection::vec(event, 1..120).prop_map(|events| {
        let mut at = 0;
        let mut counts = BTreeMap::new();
        let one = |(gap, token, kind, address, boot, turn)| {
            at += gap * TICK;
            let boot = u8::from(boot == 0);
            let count: &mut Counted = counts.entry((token, boot)).or_default();
            Happening {
                boot,
                seq: Some(count.next(turn)),
                ..happening(at, token, kind, address, 0, boot)
            }
        };
        Stream {
            events: events.into_iter().map(one).collect(),
        }
    })
}

/// Some weeks of one token that is used in one hour of the week, in most of its buckets about as
/// often and mostly with the same outcome; now and then much more often.
pub(super) fn weeks() -> impl Strategy<Value = Stream> {
    let strays = prop_oneof![12 => -1..2_i64, 1 => 3..10_i64];
    let hour = prop::collection::vec(strays, 3..13);
    let hours = prop_oneof![
        prop::collection::vec(hour.clone(), 1..4),
        prop::collection::vec(hour, 5..8)
    ];
    let faces = prop::collection::vec((0..12_u8, 0..6_u8), 40);
    (hours, 0..4_i64, 0..3_u8, faces, 0..70_i64).prop_map(
        |(hours, usual, outcome, faces, begins)| {
            let mut faces = faces.into_iter().cycle();
            let mut events = vec![happening(0, 0, outcome, 1, 0, 0)];
            for (week, buckets) in (0..).zip(hours) {
                for (bucket, strays) in (0..).zip(buckets) {
                    for n in 0..usual + strays {
                        let at = 1 + begins * 60_000 + week * WEEK + bucket * BUCKET + n * 20_000;
                        let (other, address) = faces.next().unwrap();
                        let kind = if other < 3 { other } else { outcome };
                        let event = happening(at, 0, kind, address, 0, 0);
                        events.push(Happening {
                            // Some have none.
                            address: event.address.clone().replace("192.0.2.0", ""),
                            ..event
                        });
                    }
                }
            }
            Stream { events }
        },
    )
}

/// The numbers of one boot.
#[derive(Default)]
struct Counted {
    next: u64,
    left_out: Vec<u64>,
}

impl Counted {
    fn next(&mut self, turn: u8) -> u64 {
        match turn {
            0 => {
                self.left_out.push(self.next);
                self.next += 1;
            }
            1 | 2 if !self.left_out.is_empty() => return self.left_out.remove(0),
            _ => {}
        }
        self.next += 1;
        self.next - 1
    }
}

fn happening(at: i64, token: u8, kind: u8, address: u8, agent: u8, instance: u8) -> Happening {
    let token = format!("t-{token}");
    let base = match kind {
        0 => rejected(at, Reason::Expired, &token),
        1 => rejected(at, Reason::BadSignature, &token),
        // Under the same key as the rejections: the tokens' fingerprint.
        _ => Happening {
            trust: jwtrail_event::Trust::None,
            ..accepted(at, &token, "", "")
        },
    };
    Happening {
        address: format!("192.0.2.{address}"),
        agent: format!("agent-{agent}/1"),
        producer: format!("producer-{instance}"),
        instance: format!("orders-api-{instance}"),
        ..base
    }
}

const TICK: i64 = 2_500;
const BUCKET: i64 = 300_000;
const WEEK: i64 = 7 * 86_400_000;
