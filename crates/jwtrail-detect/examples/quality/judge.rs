use std::collections::{BTreeMap, BTreeSet};

use jwtrail_detect::Severity;
use jwtrail_detect::generate::{Cause, Expected, Honest, Injection, Strength};

use crate::run::{Outcome, Seen};

/// What all runs together gave.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) attacks: BTreeMap<(&'static str, Strength, bool), Tally>,
    /// Injections that should have been found and were not: the first ones.
    pub(crate) missed: Vec<String>,
    pub(crate) false_by_rule: BTreeMap<String, u64>,
    pub(crate) false_by_kind: BTreeMap<(String, &'static str), u64>,
    pub(crate) tickets: BTreeMap<String, u64>,
    pub(crate) examples: Vec<String>,
    /// Rules that have attacks and no file.
    pub(crate) missing: BTreeSet<&'static str>,
    /// By rule: keys that were forgotten, and events that were judged, before their time for want
    /// of memory.
    pub(crate) hurried: BTreeMap<String, (u64, u64)>,
    pub(crate) honest: u64,
    pub(crate) heartbeats: u64,
    pub(crate) subjects: u64,
    pub(crate) days: u32,
    pub(crate) generating: f64,
    pub(crate) whole: f64,
}

/// Of one attack in one strength.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rule: &'static str,
    pub(crate) injected: u64,
    pub(crate) found: u64,
    /// From the decisive record to the alert, each.
    pub(crate) seconds: Vec<f64>,
}

impl Judgement {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        for injection in &outcome.truth {
            self.add_injection(injection, outcome);
        }
        for seen in &outcome.alerts {
            if !is_touched(seen, &outcome.truth) {
                self.add_false(seen, outcome.seed);
            }
        }
        for rule in &outcome.stats.rules {
            if rule.evicted_keys + rule.settled_early > 0 {
                let hurried = self.hurried.entry(rule.name.clone()).or_default();
                hurried.0 += rule.evicted_keys;
                hurried.1 += rule.settled_early;
            }
        }
        self.honest += outcome.honest;
        self.heartbeats += outcome.heartbeats;
        self.subjects += outcome.subjects;
        self.days = self.days.max(outcome.days);
        self.generating += outcome.generating;
        self.whole += outcome.whole;
    }

    fn add_injection(&mut self, injection: &Injection, outcome: &Outcome) {
        let key = (injection.attack, injection.strength, injection.covered);
        let tally = self.attacks.entry(key).or_default();
        tally.rule = injection.expected.first().map_or("", |e| e.rule);
        tally.injected += 1;
        match seconds_to_alert(injection, &outcome.alerts) {
            Some(seconds) => {
                tally.found += 1;
                tally.seconds.push(seconds);
            }
            None if injection.covered => {
                let keys = injection
                    .expected
                    .iter()
                    .map(|e| format!("{} {}", e.rule, e.key));
                let keys = keys.collect::<Vec<_>>().join(", ");
                let seed = outcome.seed;
                self.missed
                    .push(format!("{} of seed {seed}: {keys}", injection.id));
            }
            None => {}
        }
    }

    fn add_false(&mut self, seen: &Seen, seed: u64) {
        let alert = &seen.alert;
        if alert.severity < Severity::Medium {
            *self.tickets.entry(alert.rule.clone()).or_default() += 1;
            return;
        }
        *self.false_by_rule.entry(alert.rule.clone()).or_default() += 1;
        let kind = match cause(seen) {
            Some(Cause::Honest(kind)) => kind.as_str(),
            _ => "unknown",
        };
        let kind = (alert.rule.clone(), kind);
        *self.false_by_kind.entry(kind.clone()).or_default() += 1;
        if self
            .false_by_kind
            .get(&kind)
            .is_some_and(|count| *count <= 2)
        {
            self.examples.push(format!(
                "{} {} of seed {seed}: {} ({}), {} events, decided at {}",
                alert.severity, alert.rule, alert.key.display, kind.1, alert.count, alert.raised_at
            ));
        }
    }

    pub(crate) fn false_pages(&self) -> u64 {
        self.false_by_rule.values().sum()
    }

    /// False pages in a day, for a hundred thousand subjects.
    pub(crate) fn a_day(&self, pages: u64) -> f64 {
        let subjects = self.subjects.max(1) as f64 / 100_000.0;
        pages as f64 / f64::from(self.days.max(1)) / subjects
    }
}

/// Seconds from when all that decides had arrived to the last of the alerts that have to come;
/// none where one did not come.
pub(crate) fn seconds_to_alert(injection: &Injection, alerts: &[Seen]) -> Option<f64> {
    let ready = injection.ready_at?;
    let mut longest: f64 = 0.0;
    for expected in &injection.expected {
        let rises = alerts
            .iter()
            .filter(|seen| meets(seen, expected, injection))
            .filter_map(|seen| {
                let enough = |(severity, _): &&_| *severity >= expected.severity;
                seen.rises.iter().find(enough).map(|(_, at)| *at)
            });
        let micros = rises.min()?.micros_since(ready).max(0);
        longest = longest.max(micros as f64 / 1e6);
    }
    (!injection.expected.is_empty()).then_some(longest)
}

fn meets(seen: &Seen, expected: &Expected, injection: &Injection) -> bool {
    let alert = &seen.alert;
    alert.rule == expected.rule
        && (expected.key.is_empty() || key_of(seen) == expected.key)
        && overlaps(seen, injection, SECOND)
}

/// Whether the alert is about an injection: its evidence is, or it concerns a key of it at its
/// time.
fn is_touched(seen: &Seen, truth: &[Injection]) -> bool {
    let alert = &seen.alert;
    let injected = |id: &str| {
        let cause = id.parse().ok().and_then(Cause::of);
        matches!(cause, Some(Cause::Injection(_)))
    };
    if injected(&alert.decisive_event_id) {
        return true;
    }
    let key = (alert.key_class, key_of(seen).to_owned());
    truth
        .iter()
        .filter(|injection| overlaps(seen, injection, HOUR))
        .any(|injection| injection.touched.contains(&key))
}

/// The key without what the rule tells apart under it: a subject's objects, say.
fn key_of(seen: &Seen) -> &str {
    let display = &seen.alert.key.display;
    display.split_once(", ").map_or(display, |(key, _)| key)
}

fn overlaps(seen: &Seen, injection: &Injection, margin: i64) -> bool {
    let (Some(first), Some(last)) = (injection.first, injection.last) else {
        return false;
    };
    let wait = injection
        .decisive
        .zip(injection.ready_at)
        .map_or(0, |(decisive, ready)| {
            ready.micros_since(decisive.time).max(0)
        });
    let from = first.time.plus_micros(-margin);
    let until = last.time.plus_micros(margin + wait);
    seen.alert.first_time <= until && seen.alert.last_time.max(seen.alert.raised_at) >= from
}

/// What the decisive event was part of.
fn cause(seen: &Seen) -> Option<Cause> {
    Cause::of(seen.alert.decisive_event_id.parse().ok()?)
}

/// Every kind of honest traffic, for the table.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    Honest::ALL.iter().map(|kind| kind.as_str())
}

/// Alerts have whole milliseconds.
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600_000_000;
