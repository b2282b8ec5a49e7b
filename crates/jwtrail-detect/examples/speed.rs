//! Measures in one run what all shipped rules cost beside reading the events, and what a
//! snapshot of the state costs. The ratio counts; the absolute figures are the machine's.
//!
//! `cargo run --release -p jwtrail-detect --example speed [EVENTS [SUBJECTS]]`

use std::hint::black_box;
use std::time::Instant;

use jwtrail_detect::{AlertChange, Engine, Observation, RuleSet};
use jwtrail_event::{
    EventId, EventName, Hop, Outcome, Reason, Record, Text, Timestamp, TraceId, Trust,
};

#[expect(
    clippy::print_stdout,
    reason = "an example that prints what it measured"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse());
    let events: u64 = numbers.next().transpose()?.unwrap_or(400_000);
    let subjects: u64 = numbers.next().transpose()?.unwrap_or(100_000);
    let log = log(events, subjects.max(1));
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    println!(
        "{events} events of {} bytes, {subjects} subjects",
        log.len() / lines.len().max(1)
    );

    let mut engine = Engine::new(RuleSet::embedded()?);
    let (mut reading, mut judging) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        reading.push(timed(|| read(&lines)).1);
        let ((), seconds) = timed(|| engine = judge(&lines));
        judging.push(seconds);
    }
    let (reading, judging) = (median(reading), median(judging));
    let rate = |seconds: f64| lines.len() as f64 / seconds / 1e6;
    println!("read alone            {:.2} M events/s", rate(reading));
    println!("read, and all rules   {:.2} M events/s", rate(judging));
    println!("ratio                 {:.2}", reading / judging);

    let stats = engine.stats();
    let keys: usize = stats.rules.iter().map(|rule| rule.keys).sum();
    let (snapshot, taking) = timed(|| engine.snapshot());
    let (restored, restoring) = timed(|| Engine::restore(RuleSet::default(), &snapshot));
    restored?;
    let rules = RuleSet::embedded()?;
    let (whole, restoring_all) = timed(|| Engine::restore(rules, &snapshot));
    assert_eq!(whole?.stats(), stats);
    println!(
        "snapshot              {} keys, {} bytes, {} a key; taken in {:.0} ms, restored in {:.0} ms ({:.0} ms of it reading)",
        keys,
        snapshot.len(),
        snapshot.len() / keys.max(1),
        taking * 1e3,
        restoring_all * 1e3,
        restoring * 1e3,
    );
    for rule in &stats.rules {
        println!(
            "  {:<28} {:>7} keys {:>8} entries {:>8} matched {:>5} raised",
            rule.name, rule.keys, rule.entries, rule.matched, rule.raised
        );
    }
    Ok(())
}

/// Reads the lines, and nothing else.
fn read(lines: &[&[u8]]) {
    for line in lines {
        let record = Record::read(line);
        assert!(black_box(record).is_ok(), "the example writes good lines");
    }
}

/// Reads the lines and puts them through all rules.
fn judge(lines: &[&[u8]]) -> Engine {
    let rules = RuleSet::embedded().unwrap_or_default();
    let mut engine = Engine::new(rules);
    let mut changes: Vec<AlertChange> = Vec::new();
    for (position, line) in (0..).zip(lines) {
        if let Ok(record) = Record::read(line) {
            let observation = Observation {
                record: &record,
                position,
                received_at: record.time,
                producer: PRODUCERS
                    .get(record.seq as usize % PRODUCERS.len())
                    .copied()
                    .unwrap_or_default(),
            };
            engine.observe(&observation, &mut changes);
        }
        changes.clear();
    }
    engine
}

/// Mostly honest traffic: 5,000 events a second; of a hundred, 96 are accepted, 2 denied, one is
/// expired and one forged.
fn log(events: u64, subjects: u64) -> Vec<u8> {
    let mut log = Vec::new();
    for n in 0..events {
        let subject = mix(n) % subjects;
        let time = Timestamp::from_millis(1_772_000_000_000 + (n / 5) as i64);
        let (sub, jti) = (format!("user-{subject}"), format!("jti-{subject:032x}"));
        let address = format!(
            "10.{}.{}.{}",
            subject >> 16,
            subject >> 8 & 255,
            subject & 255
        );
        let (event, outcome, reason, trust) = match n % 100 {
            0 => REJECTED_EXPIRED,
            1 => REJECTED_FORGED,
            2 | 3 => DENIED,
            _ => ACCEPTED,
        };
        let mut record = Record::new(event, outcome, time);
        record.event_id = EventId::from_u128(u128::from(n) << 64 | u128::from(mix(n)));
        record.service = Text::from("orders-api");
        record.service_version = Text::from("1.4.0");
        record.instance = Text::from("orders-api-1");
        record.boot_id = Text::from("b1");
        record.seq = n;
        record.reason = reason;
        record.trust = trust;
        record.trace_id = TraceId::from_bits(u128::from(mix(n)) << 64 | u128::from(n));
        record.hop = Some(Hop::Edge);
        record.client_ip = Some(Text::from(address.as_str()));
        record.user_agent = Some(Text::from(AGENT));
        record.method = Some(Text::from("GET"));
        record.route = Some(Text::from("/orders/{id}"));
        record.status = Some(200);
        record.token_fp = Some(Text::from(jti.as_str()));
        if trust == Trust::None {
            record.claimed_iss = Some(Text::from(ISSUER));
            record.claimed_sub = Some(Text::from(sub.as_str()));
            record.claimed_jti = Some(Text::from(jti.as_str()));
        } else {
            record.token_iss = Some(Text::from(ISSUER));
            record.token_sub = Some(Text::from(sub.as_str()));
            record.token_jti = Some(Text::from(jti.as_str()));
        }
        if event == EventName::AccessDenied {
            record.missing_scope = Some(Text::from("orders:write"));
        }
        record.write_ndjson(&mut log);
    }
    log
}

/// SplitMix64: the same numbers in every run.
const fn mix(n: u64) -> u64 {
    let z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[expect(
    clippy::disallowed_methods,
    reason = "the machine's time is what is asked"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64())
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

const RUNS: usize = 3;
const PRODUCERS: [&str; 2] = ["orders", "basket"];
const ISSUER: &str = "https://login.example";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

type What = (EventName, Outcome, Option<Reason>, Trust);
const ACCEPTED: What = (
    EventName::TokenAccepted,
    Outcome::Success,
    None,
    Trust::Verified,
);
const DENIED: What = (
    EventName::AccessDenied,
    Outcome::Failure,
    Some(Reason::InsufficientScope),
    Trust::Verified,
);
const REJECTED_EXPIRED: What = (
    EventName::TokenRejected,
    Outcome::Failure,
    Some(Reason::Expired),
    Trust::Signed,
);
const REJECTED_FORGED: What = (
    EventName::TokenRejected,
    Outcome::Failure,
    Some(Reason::BadSignature),
    Trust::None,
);
