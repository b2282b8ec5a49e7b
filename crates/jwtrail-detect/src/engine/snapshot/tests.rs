use jwtrail_event::{EventId, EventName, Hop, Outcome, Reason, Record, Text, Timestamp, Trust};
use proptest::prelude::*;

use super::{HEAD, seal};
use crate::{Engine, Observation, RuleSet};

/// An engine with keys, pending entries and open alerts of several rules.
fn busy() -> Engine {
    let mut engine = Engine::new(RuleSet::embedded().unwrap());
    go_on(&mut engine, 0, 160);
    assert!(engine.stats().open_alerts >= 3);
    engine
}

fn go_on(engine: &mut Engine, from: u64, to: u64) {
    for n in from..to {
        let time = Timestamp::from_millis(1_772_000_000_000 + i64::try_from(n * 700).unwrap());
        let (event, reason) = [
            (EventName::TokenAccepted, None),
            (EventName::TokenRejected, Some(Reason::BadSignature)),
            (EventName::AccessDenied, Some(Reason::InsufficientScope)),
            (EventName::TokenRejected, Some(Reason::UntrustedKey)),
        ][n as usize % 4];
        let mut record = Record::new(event, Outcome::Failure, time);
        record.event_id = EventId::from_u128(u128::from(n) + 1);
        record.seq = n;
        record.reason = reason;
        record.hop = Some(Hop::Edge);
        record.token_fp = Some(Text::from("k1:t"));
        record.client_ip = Some(Text::from(["192.0.2.1", "192.0.2.2"][n as usize / 4 % 2]));
        record.user_agent = Some(Text::from(["a/1", "b/1"][n as usize / 4 % 2]));
        if event != EventName::TokenRejected {
            record.trust = Trust::Verified;
            record.token_iss = Some(Text::from("i"));
            record.token_sub = Some(Text::from("s"));
            record.missing_scope = Some(Text::from(["a", "b", "c", "d", "e", "f"][n as usize % 6]));
        }
        let observation = Observation {
            record: &record,
            position: n,
            received_at: time,
            producer: "p",
        };
        engine.observe(&observation, &mut Vec::new());
    }
}

/// What a forger can make of a body, with a checksum that fits.
fn forged(mut body: Vec<u8>, changes: &[(prop::sample::Index, u8)], cut: usize) -> Vec<u8> {
    for (at, byte) in changes {
        let at = HEAD + at.index(body.len() - HEAD);
        body[at] = *byte;
    }
    body.truncate(body.len() - cut.min(body.len() - HEAD));
    seal(body)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// An error, or an engine that goes on: never a panic, never an overflow.
    #[test]
    fn a_forged_snapshot_does_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop_oneof![4 => Just(0_usize), 1 => 0_usize..200],
    ) {
        let bytes = forged(busy().snapshot(), &changes, cut);
        let rules = RuleSet::embedded().unwrap();
        if let Ok(mut engine) = Engine::restore(rules, &bytes) {
            go_on(&mut engine, 160, 200);
            prop_assert!(engine.open_alerts().len() <= engine.stats().open_alerts);
            prop_assert!(!engine.snapshot().is_empty());
            engine.finish(&mut Vec::new());
        }
    }
}

#[test]
fn a_length_that_is_not_there_is_refused() {
    let mut bytes = vec![0; HEAD];
    // No position, no events, then a clock, and producers without end.
    bytes.extend([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    let refused = Engine::restore(RuleSet::default(), &seal(bytes)).unwrap_err();
    assert!(refused.to_string().contains("damaged"), "{refused}");
}
