use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jwtrail_detect::{Replay, RuleSet, Severity};
use jwtrail_event::Record;

use crate::scenarios::{self, Change, SCENARIOS, Scenario, Story};
use crate::support::embedded;

/// `cargo xtask generate` sets it: then the stories are written, not compared.
const WRITE: &str = "JWTRAIL_WRITE_FIXTURES";

#[test]
fn every_shipped_rule_is_embedded_and_has_a_story() {
    let mut files: Vec<String> = fs::read_dir(rules_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".yml").map(str::to_owned))
        .collect();
    files.sort();
    let names: Vec<String> = embedded().infos().map(|info| info.name.clone()).collect();
    assert_eq!(names, files);
    let told: Vec<&str> = SCENARIOS.iter().map(|story| story.rule).collect();
    assert_eq!(names, told);
}

#[test]
fn the_fixtures_are_what_the_stories_say() {
    let mut expected = vec![("good.ndjson".to_owned(), scenarios::good())];
    for scenario in SCENARIOS {
        for (kind, tell) in [
            ("positive", scenario.positive),
            ("negative", scenario.negative),
        ] {
            let name = format!("{}/{kind}.ndjson", scenario.rule);
            expected.push((name, told(tell)));
        }
        let name = format!("{}/expected.json", scenario.rule);
        expected.push((name, raises(scenario)));
    }
    for (name, text) in expected {
        let path = rules_dir().join("fixtures").join(&name);
        if std::env::var_os(WRITE).is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            let kept = fs::read_to_string(&path).unwrap_or_default();
            assert!(kept == text, "{name} is old: run `cargo xtask generate`");
        }
    }
}

#[test]
fn positive_stories_raise_what_they_should() {
    let mut faults = Vec::new();
    for scenario in SCENARIOS {
        let found = raised(alone(scenario.rule), scenario, &told(scenario.positive));
        let expected = expected(scenario);
        if found != expected {
            faults.push(format!("{}: {found:?}, not {expected:?}", scenario.rule));
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn negative_stories_are_silent() {
    let mut faults = Vec::new();
    for scenario in SCENARIOS {
        let found = raised(alone(scenario.rule), scenario, &told(scenario.negative));
        if !found.is_empty() {
            faults.push(format!("{}: {found:?}", scenario.rule));
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn no_rule_says_anything_of_the_good_log() {
    let mut replay = Replay::new(embedded());
    let log = scenarios::good();
    log.lines().for_each(|line| replay.line(line.as_bytes()));
    let (alerts, stats) = replay.finish();
    assert_eq!(alerts, []);
    assert_eq!(stats.events, log.lines().count() as u64);
    let idle: Vec<&str> = stats
        .engine
        .rules
        .iter()
        .filter(|rule| rule.matched == 0)
        .map(|rule| rule.name.as_str())
        .collect();
    assert_eq!(idle, NOT_IN_THE_GOOD_LOG, "the log exercises the others");
}

#[test]
fn a_rule_that_is_off_or_blunted_is_missed() {
    let mut faults = Vec::new();
    for scenario in SCENARIOS {
        let (rule, log) = (scenario.rule, told(scenario.positive));
        let expected = expected(scenario);
        let without = raised(alone(rule).without(rule), scenario, &log);
        assert_eq!(without, BTreeSet::new(), "{rule} is off");
        assert!(!scenario.blunt.is_empty(), "{rule}");
        for change in scenario.blunt {
            let left = raised(changed(rule, change), scenario, &log);
            if left.is_superset(&expected) {
                faults.push(format!("{rule} after {change:?}: {left:?}"));
            }
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn a_rule_that_is_sharper_would_not_be_silent() {
    let mut faults = Vec::new();
    for scenario in SCENARIOS {
        let (rule, log) = (scenario.rule, told(scenario.negative));
        assert!(!scenario.sharp.is_empty(), "{rule}");
        for change in scenario.sharp {
            if raised(changed(rule, change), scenario, &log).is_empty() {
                faults.push(format!("{rule} after {change:?}"));
            }
        }
    }
    assert_eq!(faults, [""; 0]);
}

#[test]
fn fixtures_are_good_records() {
    let logs = SCENARIOS
        .iter()
        .flat_map(|scenario| [told(scenario.positive), told(scenario.negative)]);
    for log in logs.chain([scenarios::good()]) {
        for line in log.lines() {
            let record = Record::read(line.as_bytes());
            let record = record.unwrap_or_else(|e| panic!("{e}: {line}"));
            assert_eq!(record.violations(), [], "{line}");
        }
    }
}

fn told(tell: fn(&mut Story)) -> String {
    let mut story = Story::default();
    tell(&mut story);
    story.written()
}

fn expected(scenario: &Scenario) -> BTreeSet<(String, Severity)> {
    let raises = scenario.raises.iter();
    raises
        .map(|(key, severity)| ((*key).to_owned(), *severity))
        .collect()
}

/// What `jwtrail rules test` expects of the positive fixture.
fn raises(scenario: &Scenario) -> String {
    let alerts: Vec<_> = scenario
        .raises
        .iter()
        .map(|(key, severity)| serde_json::json!({ "key": key, "severity": severity }))
        .collect();
    serde_json::to_string_pretty(&alerts).unwrap() + "\n"
}

/// A shipped rule and those that it names.
fn alone(rule: &str) -> RuleSet {
    changed(rule, &[])
}

/// The same, changed.
fn changed(rule: &str, change: Change) -> RuleSet {
    let read = |rule: &str| read(&rules_dir().join(format!("{rule}.yml")));
    let mut own = read(rule);
    for (from, to) in change {
        assert_eq!(own.matches(from).count(), 1, "{rule}: {from}");
        own = own.replacen(from, to, 1);
    }
    let named = |other: &str| own.contains(&format!("- {other}\n"));
    let others = SCENARIOS.iter().map(|scenario| scenario.rule);
    let others = others.filter(|other| *other != rule && named(other));
    let mut files: Vec<(String, String)> = others
        .map(|other| (format!("{other}.yml"), read(other)))
        .collect();
    files.push((format!("{rule}.yml"), own));
    let files = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    RuleSet::parse(files).unwrap_or_else(|e| panic!("{rule} after {change:?}: {e}"))
}

fn raised(rules: RuleSet, scenario: &Scenario, log: &str) -> BTreeSet<(String, Severity)> {
    let mut replay = Replay::new(rules);
    log.lines().for_each(|line| replay.line(line.as_bytes()));
    let (alerts, stats) = replay.finish();
    assert_eq!(stats.skipped, []);
    let of_rule = alerts
        .into_iter()
        .filter(|alert| alert.rule == scenario.rule);
    of_rule
        .map(|alert| (alert.key.display, alert.severity))
        .collect()
}

pub(crate) fn rules_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Rules of which an ordinary morning has not even one event.
const NOT_IN_THE_GOOD_LOG: &[&str] = &[
    "forgery-attempt",
    "monitor-tampered",
    "refresh-reuse-wave",
    "refresh-reused",
    "refresh-substituted",
];
