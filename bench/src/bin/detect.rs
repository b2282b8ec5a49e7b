//! Speeds: the bare parse, all shipped rules, distinct counts, two shards, `rsigma-eval`.
//!
//! `detect [EVENTS [SUBJECTS]]` prints a report in JSON. `rsigma-eval` gets each rule as it is
//! exported to Sigma; and, beside both engines with all rules, both have only those that Sigma
//! says exactly.

use std::collections::BTreeMap;
use std::hint::black_box;

use jwtrail_bench::{
    Failure, Lines, cpu_seconds, judge, judge_in_batches, least, traffic, wall_seconds,
};
use jwtrail_detect::{RuleSet, export_rule};
use jwtrail_event::{EventId, EventName, Outcome, Reason, Record, Text, Timestamp};
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent};
use rsigma_parser::parse_sigma_yaml;
use serde_json::{Value, json};

fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse());
    let events: u64 = numbers.next().transpose()?.unwrap_or(2_000_000);
    let subjects: u64 = numbers.next().transpose()?.unwrap_or(100_000);
    let lines = traffic(events, subjects);

    let (mut parsing, mut reading, mut judging) = (Vec::new(), Vec::new(), Vec::new());
    let mut stats = Value::Null;
    for _ in 0..RUNS {
        parsing.push(cpu_seconds(|| parse(&lines))?.1);
        reading.push(cpu_seconds(|| read(&lines))?.1);
        let rules = RuleSet::embedded()?;
        let (engine, seconds) = cpu_seconds(|| judge_in_batches(rules, &lines, 1))?;
        judging.push(seconds);
        stats = serde_json::to_value(engine.stats())?;
    }
    let eps = |seconds: f64| lines.len() as f64 / seconds;
    let (parsing, reading, judging) = (least(parsing), least(reading), least(judging));
    let (one, two) = shards(&lines)?;
    let exported = Exported::all()?;
    let (exact, mut exact_seconds) = (exported.exact_rules()?, Vec::new());
    for _ in 0..RUNS {
        let rules = exact.clone();
        exact_seconds.push(cpu_seconds(|| judge_in_batches(rules, &lines, 1))?.1);
    }
    let report = json!({
        "events": lines.len(),
        "event_bytes": lines.bytes() / lines.len().max(1),
        "subjects": subjects,
        "rules": RuleSet::embedded()?.infos().len(),
        "parse_only_eps": eps(parsing),
        "read_eps": eps(reading),
        "all_rules_one_by_one_eps": eps(cpu_seconds(|| judge(RuleSet::embedded()?, &lines))?.1),
        "all_rules_eps": eps(judging),
        "all_rules_to_parse": parsing / judging,
        "rules_ns_per_event": (judging - reading) * 1e9 / lines.len() as f64,
        "one_shard_eps": eps(one),
        "two_shards_eps": eps(two),
        "two_shards_speedup": one / two,
        "rsigma_rules": exported.texts.len(),
        "rsigma_eps": rsigma(&exported.texts, &lines)?,
        "rsigma_lacks": exported.refused,
        "exact_rules": exported.exact.len(),
        "exact_rules_eps": eps(least(exact_seconds)),
        "rsigma_exact_eps": rsigma(&exported.exact, &lines)?,
        "eps_by_distinct": {
            "1000": distinct(1_000)?,
            "100000": distinct(100_000)?,
        },
        "engine": stats,
    });
    println!("{report}");
    Ok(())
}

/// The typed parse of `sonic-rs`, and nothing else.
fn parse(lines: &Lines) -> Result<(), Failure> {
    for line in lines.iter() {
        let record: Record<'_> = sonic_rs::from_slice(line)?;
        black_box(&record);
    }
    Ok(())
}

/// The reader with its caps and checks.
fn read(lines: &Lines) -> Result<(), Failure> {
    for line in lines.iter() {
        black_box(&Record::read(line)?);
    }
    Ok(())
}

/// The seconds that pass on one thread and on two, parsing included. Each the least of several
/// runs in turn.
fn shards(lines: &Lines) -> Result<(f64, f64), Failure> {
    let (mut one, mut two) = (f64::MAX, f64::MAX);
    for _ in 0..TURNS {
        one = one.min(wall_seconds(|| judge_in_batches(RuleSet::embedded()?, lines, 1))?.1);
        two = two.min(wall_seconds(|| judge_in_batches(RuleSet::embedded()?, lines, 2))?.1);
    }
    Ok((one, two))
}

/// Events a second of a rule with so many distinct values in its window.
fn distinct(values: u64) -> Result<f64, Failure> {
    let mut lines = Lines::default();
    for n in 0..values + MEASURED {
        let address = format!(
            "10.{}.{}.{}",
            n % values >> 16,
            n % values >> 8 & 255,
            n % values & 255
        );
        let time = Timestamp::from_millis(START + 20 * n as i64);
        let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
        record.event_id = EventId::from_u128(u128::from(n) + 1);
        record.seq = n;
        record.service = Text::from("orders");
        record.reason = Some(Reason::Expired);
        record.client_ip = Some(Text::from(&address));
        lines.push(&record);
    }
    let text = include_str!("distinct.yml").replace("MORE", &(values + 1).to_string());
    let rules = || RuleSet::parse([("distinct.yml", text.as_str())]);
    let mut first = Lines::default();
    for line in lines.iter().take(values as usize) {
        first.push(&Record::read(line)?);
    }
    let (mut filling, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        filling.push(cpu_seconds(|| judge(rules()?, &first))?.1);
        whole.push(cpu_seconds(|| judge(rules()?, &lines))?.1);
    }
    Ok(MEASURED as f64 / (least(whole) - least(filling)))
}

/// The shipped rules in Sigma.
#[derive(Default)]
struct Exported {
    /// All that Sigma comes near.
    texts: Vec<String>,
    /// Those of them that it says exactly.
    exact: Vec<String>,
    /// Those that are not exact.
    others: Vec<String>,
    /// Why the rest is missing.
    refused: BTreeMap<String, String>,
}

impl Exported {
    fn all() -> Result<Self, Failure> {
        let rules = RuleSet::embedded()?;
        let mut exported = Self::default();
        for (file, text) in RuleSet::embedded_files() {
            match export_rule(file, text, &rules) {
                Ok(rule) if rule.losses.is_empty() => {
                    exported.exact.push(rule.text.clone());
                    exported.texts.push(rule.text);
                }
                Ok(rule) => {
                    exported.others.push(rule.name);
                    exported.texts.push(rule.text);
                }
                Err(why) => {
                    let name = file.trim_end_matches(".yml").to_owned();
                    exported.others.push(name.clone());
                    exported.refused.insert(name, why.to_string());
                }
            }
        }
        Ok(exported)
    }

    /// The same rules for our engine.
    fn exact_rules(&self) -> Result<RuleSet, Failure> {
        let all = RuleSet::embedded()?;
        let exact = self
            .others
            .iter()
            .fold(all, |rules, name| rules.without(name));
        if exact.infos().len() != self.exact.len() {
            return Err("a rule's file has another name".into());
        }
        Ok(exact)
    }
}

/// Events a second of `rsigma-eval` with these rules.
fn rsigma(texts: &[String], lines: &Lines) -> Result<f64, Failure> {
    let mut engine = CorrelationEngine::new(CorrelationConfig {
        max_group_entries: Some(GROUP_ENTRIES),
        emit_detections: false,
        ..CorrelationConfig::default()
    });
    for text in texts {
        engine.add_collection(&parse_sigma_yaml(text)?)?;
    }
    let (counted, seconds) = cpu_seconds(|| {
        let mut counted = 0;
        for line in lines.iter().take(RSIGMA_EVENTS) {
            let event: Value = serde_json::from_slice(line)?;
            let seconds = START / 1_000 + counted / 5_000;
            black_box(engine.process_event_at(&JsonEvent::borrow(&event), seconds));
            counted += 1;
        }
        Ok(counted)
    })?;
    Ok(counted as f64 / seconds)
}

const RUNS: usize = 5;
const TURNS: usize = 5;
const START: i64 = 1_772_000_000_000;
/// Events measured once the window is full.
const MEASURED: u64 = 100_000;
/// What `rsigma-eval` keeps of a group; without a cap it walks ever longer windows.
const GROUP_ENTRIES: usize = 64;
/// It is slow: more would take minutes.
const RSIGMA_EVENTS: usize = 200_000;
