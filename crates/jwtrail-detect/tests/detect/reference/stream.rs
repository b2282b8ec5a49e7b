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
