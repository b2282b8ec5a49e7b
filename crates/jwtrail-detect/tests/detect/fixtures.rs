use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jwtrail_detect::{Replay, RuleSet, Severity};
use jwtrail_event::Record;

use crate::support::embedded;

/// Which keys each positive fixture has to raise, and how bad.
const EXPECTED: &[(&str, &[(&str, Severity)])] = &[
    (
        "forgery-attempt",
        &[
            ("203.0.113.1", Severity::High),
            ("203.0.113.2", Severity::High),
            ("203.0.113.3", Severity::Informational),
        ],
    ),
    ("key-probing", &[("203.0.113.1", Severity::Medium)]),
    ("refresh-reused", &[("fam-1", Severity::High)]),
    (
        "scope-probing",
        &[("user-1 (https://login.example)", Severity::Medium)],
    ),
    (
        "signature-guessing",
        &[("2001:db8:1:2::/64", Severity::High)],
    ),
    (
        "token-repeated-rejections",
        &[
            ("jti-1 (https://login.example)", Severity::Medium),
            ("k1:bfa4d77ecbd05b61a7e4cb0dc9aeb661", Severity::Medium),
        ],
    ),
    (
        "token-replayed",
        &[("jti-1 (https://login.example)", Severity::High)],
    ),
];

/// A change to each rule's file under which its positive fixture no longer raises all it should.
const BLUNTED: &[(&str, &str, &str)] = &[
    ("forgery-attempt", "threshold: 1", "threshold: 2"),
    ("key-probing", "gte: 10", "gte: 11"),
    ("refresh-reused", "gte: 1", "gte: 2"),
    ("scope-probing", "threshold: 5", "threshold: 6"),
    ("signature-guessing", "gte: 20", "gte: 21"),
    ("token-repeated-rejections", "gte: 5", "gte: 6"),
    ("token-replayed", "window: 10m", "window: 3m"),
];

#[test]
fn every_shipped_rule_is_embedded_and_tested() {
    let mut files: Vec<String> = fs::read_dir(rules_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".yml").map(str::to_owned))
        .collect();
    files.sort();
    let names: Vec<String> = embedded().infos().map(|info| info.name.clone()).collect();
    assert_eq!(names, files);
    let expected: Vec<&str> = EXPECTED.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected);
    let blunted: Vec<&str> = BLUNTED.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, blunted);
}

#[test]
fn positive_fixtures_raise_what_they_should() {
    for (rule, expected) in EXPECTED {
        let expected: BTreeSet<(String, Severity)> = expected
            .iter()
            .map(|(key, severity)| ((*key).to_owned(), *severity))
            .collect();
        assert_eq!(raised(embedded(), rule, "positive"), expected, "{rule}");
    }
}

#[test]
fn negative_fixtures_are_silent() {
    for (rule, _) in EXPECTED {
        assert_eq!(
            raised(embedded(), rule, "negative"),
            BTreeSet::new(),
            "{rule}"
        );
    }
}

#[test]
fn no_rule_says_anything_of_the_good_log() {
    let mut replay = Replay::new(embedded());
    let log = read(&rules_dir().join("fixtures/good.ndjson"));
    log.lines().for_each(|line| replay.line(line.as_bytes()));
    let (alerts, stats) = replay.finish();
    assert_eq!(alerts, []);
    assert_eq!(stats.events, log.lines().count() as u64);
    assert!(stats.events > 300);
    let selected = |rule: &str| {
        let rule = stats.engine.rules.iter().find(|stats| stats.name == rule);
        rule.unwrap().matched
    };
    assert!(
        selected("token-replayed") > 300,
        "the log exercises the rules"
    );
    assert!(selected("scope-probing") > 0);
    assert!(selected("token-repeated-rejections") > 0);
}

#[test]
fn a_rule_that_is_off_or_blunted_is_missed() {
    for (rule, expected) in EXPECTED {
        let without = raised(embedded().without(rule), rule, "positive");
        assert_eq!(without, BTreeSet::new(), "{rule} is off");
        let (_, from, to) = BLUNTED.iter().find(|(name, ..)| name == rule).unwrap();
        let file = format!("{rule}.yml");
        let text = read(&rules_dir().join(&file));
        assert_eq!(text.matches(&format!("{from}\n")).count(), 1, "{rule}");
        let text = text.replacen(&format!("{from}\n"), &format!("{to}\n"), 1);
        let blunt = RuleSet::parse([(file.as_str(), text.as_str())]).unwrap();
        let left = raised(blunt, rule, "positive");
        assert!(left.len() < expected.len(), "{rule} with {to}: {left:?}");
    }
}

#[test]
fn fixtures_are_good_records() {
    for path in fixture_files() {
        for (number, line) in read(&path).lines().enumerate() {
            let record = Record::read(line.as_bytes());
            let record =
                record.unwrap_or_else(|e| panic!("{}:{}: {e}", path.display(), number + 1));
            assert_eq!(record.violations(), [], "{}:{}", path.display(), number + 1);
        }
    }
}

fn raised(rules: RuleSet, rule: &str, kind: &str) -> BTreeSet<(String, Severity)> {
    let path = rules_dir().join(format!("fixtures/{rule}/{kind}.ndjson"));
    let mut replay = Replay::new(rules);
    read(&path)
        .lines()
        .for_each(|line| replay.line(line.as_bytes()));
    let (alerts, stats) = replay.finish();
    assert_eq!(stats.skipped, []);
    let of_rule = alerts.into_iter().filter(|alert| alert.rule == rule);
    of_rule
        .map(|alert| (alert.key.display, alert.severity))
        .collect()
}

fn fixture_files() -> Vec<PathBuf> {
    let root = rules_dir().join("fixtures");
    let mut files = vec![root.join("good.ndjson")];
    for (rule, _) in EXPECTED {
        files.push(root.join(rule).join("positive.ndjson"));
        files.push(root.join(rule).join("negative.ndjson"));
    }
    files
}

pub(crate) fn rules_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
