//! Whatever is thrown at all shipped rules: nothing panics, budgets hold, and what is known of a
//! key stays small.

use std::collections::BTreeMap;

use jwtrail_detect::{Engine, EngineStats, Observation, RuleSet};
use jwtrail_event::{
    EventId, EventName, Hop, Outcome, Reason, Record, Text, Timestamp, TraceId, Trust,
};
use proptest::prelude::*;

use crate::fixtures::{read, rules_dir};
use crate::scenarios::SCENARIOS;
use crate::support::START;

/// The most keys that a rule keeps here.
const MAX_KEYS: usize = 40;

/// The shipped rules with little room, and how many entries of a key each may keep.
fn small() -> (RuleSet, BTreeMap<String, usize>) {
    let mut most = BTreeMap::new();
    let mut files = Vec::new();
    for rule in SCENARIOS.iter().map(|scenario| scenario.rule) {
        let text = read(&rules_dir().join(format!("{rule}.yml")));
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines() {
            if let Some(entries) = line.trim().strip_prefix("max_entries: ") {
                most.insert(rule.to_owned(), entries.parse().unwrap());
            }
            lines.push(match line.trim().starts_with("max_keys: ") {
                true => format!("  max_keys: {MAX_KEYS}"),
                false => line.to_owned(),
            });
        }
        files.push((format!("{rule}.yml"), lines.join("\n")));
    }
    let files = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    (RuleSet::parse(files).unwrap(), most)
}

/// What a flood is made of.
#[derive(Clone, Debug)]
struct Flood {
    /// Events of so many keys; few make hot ones.
    keys: u64,
    /// How long texts are, and how many values lists have.
    long: usize,
    many: usize,
    /// Milliseconds from one to the next.
    gap: i64,
    events: Vec<Drop>,
}

#[derive(Clone, Debug)]
struct Drop {
    event: EventName,
    reason: Option<Reason>,
    trust: Trust,
    hop: Option<Hop>,
    who: u64,
    other: u64,
    /// How far its time is from its arrival.
    late: i64,
}

fn floods() -> impl Strategy<Value = Flood> {
    let late = prop_oneof![
        12 => 0..1_000_i64,
        3 => 0..40_000_i64,
        1 => 0..100_000_000_i64,
        1 => -100_000_i64..0,
        1 => any::<i64>(),
    ];
    let event = (
        prop::sample::select(EventName::ALL),
        prop::option::weighted(0.8, prop::sample::select(Reason::ALL)),
        prop::sample::select(Trust::ALL),
        prop::option::of(prop::sample::select(Hop::ALL)),
        any::<u64>(),
        any::<u64>(),
        late,
    );
    let event = event.prop_map(|(event, reason, trust, hop, who, other, late)| Drop {
        event,
        reason,
        trust,
        hop,
        who,
        other,
        late,
    });
    (
        prop_oneof![Just(1_u64), Just(7), Just(300), Just(u64::MAX)],
        prop_oneof![Just(1_usize), Just(20), Just(3_000)],
        prop_oneof![Just(1_usize), Just(30), Just(400)],
        prop_oneof![Just(0_i64), Just(3), Just(2_000), Just(400_000)],
        prop::collection::vec(event, 100..500),
    )
        .prop_map(|(keys, long, many, gap, events)| Flood {
            keys,
            long,
            many,
            gap,
            events,
        })
}

impl Flood {
    fn record(&self, drop: &Drop, at: i64, number: u64) -> Record<'static> {
        let time = Timestamp::from_millis(at.saturating_sub(drop.late));
        let mut record = Record::new(drop.event, Outcome::Failure, time);
        let who = drop.who % self.keys;
        let text = |name: &str, number: u64| {
            let mut text = format!("{name}-{number}");
            let cut = text.len();
            text.extend(std::iter::repeat_n('x', self.long));
            text.truncate(cut.max(self.long));
            Some(Text::from(text))
        };
        let list = || {
            let values = (0..self.many as u64).map(|n| format!("s:{}", drop.other % 90 + n * 90));
            Some(Text::from(values.collect::<Vec<_>>().join(" ")))
        };
        record.event_id = EventId::from_u128(u128::from(number) << 64 | u128::from(drop.other));
        record.seq = drop.other;
        record.boot_id = Text::from(format!("boot-{}", drop.other % 11));
        record.service = Text::from(format!("service-{}", who % 5));
        record.instance = Text::from(format!("instance-{}", who % self.keys));
        record.reason = drop.reason;
        record.trust = drop.trust;
        record.hop = drop.hop;
        record.trace_id = TraceId::from_bits(u128::from(drop.other % 50));
        record.r#final = Some(drop.other.is_multiple_of(9));
        record.token_fp = text("fp", who);
        record.client_ip = Some(Text::from(format!("2001:db8:{:x}::1", who % 0xffff)));
        record.user_agent = text("agent", drop.other % 30);
        record.origin = text("https://o", who);
        record.route = text("/r", who);
        record.refresh_family = text("family", who);
        record.client_id = text("client", who);
        record.token_scope = list();
        record.missing_scope = list();
        record.scope_class = text("admin", drop.other % 3);
        record.object_type = text("object", drop.other % 40);
        if drop.trust == Trust::None {
            record.claimed_iss = text("iss", drop.other % 3);
            record.claimed_sub = text("sub", who);
            record.claimed_jti = text("jti", who);
        } else {
            record.token_iss = text("iss", drop.other % 3);
            record.token_sub = text("sub", who);
            record.token_jti = text("jti", drop.other % self.keys);
        }
        record
    }

    /// Throws all of it, with a look at the engine now and then.
    fn throw(&self, engine: &mut Engine, mut look: impl FnMut(&Engine)) {
        let mut changes = Vec::new();
        for (number, drop) in (0_u64..).zip(&self.events) {
            let at = START + self.gap * i64::try_from(number).unwrap();
            engine.observe(
                &Observation {
                    record: &self.record(drop, at, number),
                    position: number,
                    received_at: Timestamp::from_millis(at),
                    producer: if drop.who.is_multiple_of(3) { "a" } else { "b" },
                },
                &mut changes,
            );
            if number % 97 == 96 {
                look(engine);
            }
        }
        look(engine);
        engine.finish(&mut changes);
    }
}

fn is_within(stats: &EngineStats, most: &BTreeMap<String, usize>) {
    for rule in &stats.rules {
        let entries = most[&rule.name];
        assert!(rule.keys <= MAX_KEYS, "{rule:?}");
        // What waits has the room of all keys; below the watermark, and once more in a fold that
        // runs ahead, a key has up to three parts of what it may keep.
        let room = MAX_KEYS * entries + 6 * rule.keys * (entries + 128);
        assert!(rule.entries <= room, "{rule:?} over {room}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn budgets_hold_whatever_comes(flood in floods()) {
        let (rules, most) = small();
        let mut engine = Engine::new(rules.clone());
        flood.throw(&mut engine, |engine| {
            is_within(&engine.stats(), &most);
            let snapshot = engine.snapshot();
            // It checks each key against its budget.
            let restored = Engine::restore(rules.clone(), &snapshot).unwrap();
            assert_eq!(restored.open_alerts(), engine.open_alerts());
        });
        prop_assert_eq!(engine.stats().open_alerts, 0);
    }

    #[test]
    fn no_text_and_no_list_makes_a_key_large(flood in floods()) {
        let (rules, _) = small();
        let mut engine = Engine::new(rules);
        flood.throw(&mut engine, |engine| {
            let rules = engine.stats().rules;
            let keys: usize = rules.iter().map(|rule| rule.keys).sum();
            let entries: usize = rules.iter().map(|rule| rule.entries).sum();
            // The texts of a key, for those with an alert, and a few numbers for each entry.
            let room = 20_000 + keys * (600 + 3 * flood.long) + entries * 200;
            let bytes = engine.snapshot().len();
            assert!(bytes <= room, "{bytes} for {keys} keys with {entries} entries");
        });
    }
}
