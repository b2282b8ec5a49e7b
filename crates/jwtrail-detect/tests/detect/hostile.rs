//! Nothing that comes from outside makes the detectors panic.

use jwtrail_detect::{Engine, Observation, RuleSet};
use jwtrail_event::{
    EventId, EventName, Hop, Outcome, Reason, Record, Text, Timestamp, TraceId, Trust,
};
use proptest::prelude::*;

use crate::support::{embedded, feed, rejected};

const RULES: [&str; 4] = [
    include_str!("../../../../rules/forgery-attempt.yml"),
    include_str!("../../../../rules/scope-probing.yml"),
    include_str!("../../../../rules/token-replayed.yml"),
    include_str!("../../../../rules/token-repeated-rejections.yml"),
];

/// What the parsers of YAML, Sigma and conditions look out for.
const WORDS: [&str; 24] = [
    "1 of ",
    "all of them",
    " and ",
    " or ",
    " not ",
    "(",
    ")",
    "*",
    "|re: ",
    "|all",
    "|contains",
    "&a ",
    "*a",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "\n---\n",
    "!!binary ",
    "99999999999999999999",
    "-1",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_a_rule_or_a_problem(text in any::<String>()) {
        if let Err(error) = RuleSet::parse([("any.yml", text.as_str())]) {
            prop_assert_eq!(error.problems().len(), 1);
        }
    }

    #[test]
    fn a_rule_with_edits_is_a_rule_or_a_problem(
        rule in prop::sample::select(RULES.to_vec()),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(WORDS.to_vec()), 0_usize..12),
            1..5,
        ),
    ) {
        let mut text: Vec<char> = rule.chars().collect();
        for (at, word, cut) in edits {
            let at = at.index(text.len());
            let to = (at + cut).min(text.len());
            text.splice(at..to, word.chars());
        }
        let text: String = text.into_iter().collect();
        match RuleSet::parse([("edited.yml", text.as_str())]) {
            Ok(rules) => {
                let mut engine = Engine::new(rules);
                for n in 0..8 {
                    feed(&mut engine, n, &rejected(n as i64, Reason::Expired, "t"));
                }
                engine.finish(&mut Vec::new());
            }
            Err(error) => {
                let problem = &error.problems()[0];
                prop_assert!(problem.line >= 1 && problem.line <= text.lines().count() + 1);
            }
        }
    }
}

/// A record with any texts and any times, what it needs missing or not.
fn any_record() -> impl Strategy<Value = (Record<'static>, i64)> {
    let text = || prop::option::of(prop_oneof!["[a-c]?", any::<String>()]);
    let texts = prop::collection::vec(text(), 9);
    let time = || prop_oneof![0_i64..100_000, any::<i64>()];
    let names = (
        prop::sample::select(EventName::ALL),
        prop::option::of(prop::sample::select(Reason::ALL)),
        prop::sample::select(Trust::ALL),
        prop::option::of(prop::sample::select(Hop::ALL)),
    );
    // Up to the year 8307: `finish` needs some time after the last arrival.
    let arrived = prop_oneof![0_i64..100_000, -60_000_000_000_000..200_000_000_000_000_i64];
    (names, texts, time(), arrived, any::<u64>(), 0_u128..4).prop_map(
        |((event, reason, trust, hop), texts, time, arrived, id, trace)| {
            let time = Timestamp::from_millis(time);
            let mut record = Record::new(event, Outcome::Failure, time);
            record.event_id = EventId::from_u128(u128::from(id));
            record.seq = id;
            record.trust = trust;
            record.reason = reason;
            record.hop = hop;
            record.trace_id = TraceId::from_bits(trace);
            let mut texts = texts.into_iter().map(|text| text.map(Text::from));
            let mut next = || texts.next().flatten();
            record.token_iss = next();
            record.token_sub = next();
            record.token_jti = next();
            record.token_fp = next();
            record.client_ip = next();
            record.user_agent = next();
            record.missing_scope = next();
            record.refresh_family = next();
            record.claimed_sub = next();
            (record, arrived)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_records_pass_through_and_a_snapshot_changes_nothing(
        records in prop::collection::vec(any_record(), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut engine = Engine::new(embedded());
        let mut whole = Vec::new();
        let mut restored = None;
        let mut other = Vec::new();
        for (position, (record, arrived)) in (0_u64..).zip(&records) {
            if position == cut.index(records.len()) as u64 {
                let again = Engine::restore(embedded(), &engine.snapshot());
                restored = Some(again.unwrap());
                other.clone_from(&whole);
            }
            let observation = Observation {
                record,
                position,
                received_at: Timestamp::from_millis(*arrived),
                producer: if record.seq % 2 == 0 { "a" } else { "b" },
            };
            engine.observe(&observation, &mut whole);
            if let Some(restored) = &mut restored {
                restored.observe(&observation, &mut other);
            }
        }
        engine.finish(&mut whole);
        let mut restored = restored.unwrap();
        restored.finish(&mut other);
        prop_assert_eq!(&other, &whole);
        let stats = engine.stats();
        prop_assert_eq!(stats.open_alerts, 0);
        prop_assert_eq!(restored.stats(), stats);
    }
}

#[test]
fn an_arrival_that_steps_back_is_judged_by_the_clock() {
    let mut engine = Engine::new(embedded());
    feed(
        &mut engine,
        0,
        &rejected(9_000, Reason::Expired, "t").arriving(10_000),
    );
    feed(
        &mut engine,
        1,
        &rejected(8_000, Reason::Expired, "t").arriving(5_000),
    );
    assert_eq!(engine.stats().clamped, 0);
    let restored = Engine::restore(embedded(), &engine.snapshot()).unwrap();
    assert_eq!(restored.stats(), engine.stats());
}

#[test]
fn deep_nesting_is_a_problem() {
    let [rule, ..] = RULES;
    let deep = 20_000;
    let condition = |text: &str| rule.replacen("condition: ", &format!("condition: {text}"), 1);
    let texts = [
        "[".repeat(deep),
        "a: {".repeat(deep),
        format!("a:\n{}", "- ".repeat(deep)),
        condition(&"(".repeat(deep)),
        condition(&"not ".repeat(deep)),
        condition(&format!("{}x{} and ", "(".repeat(deep), ")".repeat(deep))),
    ];
    for text in texts {
        let error = RuleSet::parse([("deep.yml", text.as_str())]).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{error}");
    }
}
