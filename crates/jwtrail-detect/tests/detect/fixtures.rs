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
    for scenario in SCENARIOS {
        let log = told(scenario.positive);
        let expected = expected(scenario);
        assert_eq!(
            raised(embedded(), scenario, &log),
            expected,
            "{}",
            scenario.rule
        );
    }
}

#[test]
fn negative_stories_are_silent() {
    for scenario in SCENARIOS {
        let log = told(scenario.negative);
        let none = BTreeSet::new();
        assert_eq!(
            raised(embedded(), scenario, &log),
            none,
            "{}",
            scenario.rule
        );
    }
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
    for scenario in SCENARIOS {
        let log = told(scenario.positive);
        let expected = expected(scenario);
        let without = raised(embedded().without(scenario.rule), scenario, &log);
        assert_eq!(without, BTreeSet::new(), "{} is off", scenario.rule);
        assert!(!scenario.blunt.is_empty(), "{}", scenario.rule);
        for change in scenario.blunt {
            let left = raised(changed(scenario.rule, change), scenario, &log);
            assert!(
                !left.is_superset(&expected),
                "{} after {change:?}: {left:?}",
                scenario.rule
            );
        }
    }
}

#[test]
fn a_rule_that_is_sharper_would_not_be_silent() {
    for scenario in SCENARIOS {
        let log = told(scenario.negative);
        assert!(!scenario.sharp.is_empty(), "{}", scenario.rule);
        for change in scenario.sharp {
            let found = raised(changed(scenario.rule, change), scenario, &log);
            assert!(!found.is_empty(), "{} after {change:?}", scenario.rule);
        }
    }
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

/// The shipped rules, one of them changed.
fn changed(rule: &str, change: Change) -> RuleSet {
    let files: Vec<(String, String)> = SCENARIOS
        .iter()
        .map(|scenario| format!("{}.yml", scenario.rule))
        .map(|file| {
            let text = read(&rules_dir().join(&file));
            (file, text)
        })
        .map(|(file, text)| match file.strip_suffix(".yml") {
            Some(name) if name == rule => {
                let text = change.iter().fold(text, |text, (from, to)| {
                    assert_eq!(text.matches(from).count(), 1, "{rule}: {from}");
                    text.replacen(from, to, 1)
                });
                (file, text)
            }
            _ => (file, text),
        })
        .collect();
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
    "refresh-reuse-wave",
    "refresh-reused",
    "refresh-substituted",
];
