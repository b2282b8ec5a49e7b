//! Rules that change while the monitor runs: by their files, by an operator, by the log.

use std::fs;
use std::path::Path;

use jwtrail_event::{Reason, Record, Trust};
use jwtrail_monitor::{MonitorConfig, RuleResponse};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::quarantine::{operator, until};
use crate::support::{Bench, decision, lines, now, reused};

const RELOAD: &str = "/api/v1/rules/reload";

#[test]
fn other_files_come_into_force_without_a_restart_and_on_record() {
    let files = Files::of(&["key-probing", "refresh-reused"]);
    let bench = Bench::start_with(files.config());
    let first = rules(&bench);
    assert_eq!(names(&first), ["key-probing", "refresh-reused"]);

    // Four of five, then another rule changes, then the fifth.
    files.edit("key-probing", "gte: 10", "gte: 5");
    reload(&bench);
    bench.post(&lines(&probes(1, 4, "203.0.113.1")));
    files.copy("signature-guessing");
    files.remove("refresh-reused");
    // Nobody asks for it: the directory is looked at.
    until(|| names(&rules(&bench)) == ["key-probing", "signature-guessing"]);
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&lines(&probes(5, 1, "203.0.113.1")));
    let alert = stream.next("alert");
    assert_eq!(alert["rule"], "key-probing");
    assert_eq!(alert["count"], 5, "what did not change keeps its state");
    assert_eq!(reload(&bench)["changed"], false);

    let bench = bench.restart(files.config());
    let told = told(&bench);
    let of_rules = told.iter().filter(|(rule, _)| rule != "*");
    let mut of_rules: Vec<_> = of_rules
        .map(|(rule, target)| (&**rule, word(target)))
        .collect();
    // Two changes, or three if the directory was looked at between them.
    of_rules.sort_unstable();
    let expected = [
        ("key-probing", "changed"),
        ("refresh-reused", "removed"),
        ("signature-guessing", "added"),
    ];
    assert_eq!(of_rules, expected);
}

#[test]
fn each_event_is_judged_by_the_rules_of_its_time_however_often_it_is_read() {
    let files = Files::of(&["key-probing"]);
    let bench = Bench::start_with(files.config());
    bench.post(&lines(&probes(1, 7, "203.0.113.1")));
    files.edit("key-probing", "gte: 10", "gte: 5");
    reload(&bench);
    // A crash before the first snapshot: the log is read from its start, seven events with it.
    let bench = bench.crash(files.config());
    let mut stream = bench.client.watch("/api/v1/stream");
    bench.post(&lines(&probes(20, 5, "203.0.113.2")));
    assert_eq!(stream.next("alert")["key"]["address"], "203.0.113.2");
    let alerts = bench.client.get("/api/v1/alerts?state=all").json();
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 1, "{alerts}");

    // The other way round: what fired then fires in a replay, though its rule is milder now.
    files.edit("key-probing", "gte: 5", "gte: 10");
    reload(&bench);
    until(|| open(&bench) == 0);
    let before = bench.client.get("/api/v1/alerts?state=all").json();
    let bench = bench.crash(files.config()).restart(files.config());
    assert_eq!(bench.client.get("/api/v1/alerts?state=all").json(), before);
    let told = told(&bench);
    let of_rules = told.iter().filter(|(rule, _)| rule != "*");
    assert_eq!(of_rules.count(), 2, "nothing is told twice: {told:?}");
}

#[test]
fn a_broken_file_leaves_the_rules_in_force_and_says_why() {
    let files = Files::of(&["key-probing"]);
    let bench = Bench::start_with(files.config());
    files.put("mine", "title: [");
    let refused = operator(&bench, "x").post(RELOAD, "");
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("mine.yml:"), "{}", refused.text());
    // Again and again, it is told once.
    assert_eq!(operator(&bench, "x").post(RELOAD, "").status, 409);
    let shown = rules(&bench);
    assert_eq!(names(&shown), ["key-probing"]);
    let problem = shown["refused"]["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains("mine.yml:"), "{problem}");
    let health = bench.client.get("/api/v1/health").json();
    assert_eq!(health["rules"]["refused"], problem);
    bench.post(&lines(&probes(1, 10, "203.0.113.1")));
    until(|| open(&bench) == 1);

    files.remove("mine");
    until(|| rules(&bench)["refused"].is_null());
    let bench = bench.restart(files.config());
    let told = told(&bench);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.starts_with("not taken: "), "{told:?}");
    assert!(told[0].1.contains("mine.yml"), "{told:?}");
}

#[test]
fn a_rule_is_switched_off_and_on_and_stays_so() {
    let bench = Bench::start();
    let all = names(&rules(&bench)).len();
    let switch = |bench: &Bench, rule: &str, how: &str| {
        operator(bench, how).post(&format!("/api/v1/rules/{rule}/{how}"), "")
    };
    assert_eq!(switch(&bench, "no-such-rule", "disable").status, 404);
    let strange = bench.fresh().post("/api/v1/rules/key-probing/disable", "");
    assert_eq!(strange.status, 403, "no header");
    let off = switch(&bench, "key-probing", "disable");
    assert_eq!((off.status, &off.json()["changed"]), (200, &json!(true)));
    assert_eq!(
        switch(&bench, "key-probing", "disable").json()["changed"],
        false
    );
    let bench = bench.restart(|_| {});
    assert_eq!(rules(&bench)["disabled"], json!(["key-probing"]));
    bench.post(&lines(&probes(1, 10, "203.0.113.1")));

    let on = switch(&bench, "key-probing", "enable");
    assert_eq!((on.status, &on.json()["changed"]), (200, &json!(true)));
    assert_eq!(names(&rules(&bench)).len(), all);
    bench.post(&lines(&probes(20, 10, "203.0.113.2")));
    until(|| open(&bench) > 0);
    let alerts = bench.client.get("/api/v1/alerts?state=all").json();
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 1, "{alerts}");
    assert_eq!(alerts["alerts"][0]["key"]["address"], "203.0.113.2");

    let bench = bench.restart(|config| config.disabled_rules.push("key-probing".to_owned()));
    until(|| rules(&bench)["disabled"] == json!(["key-probing"]));
    let refused = switch(&bench, "key-probing", "enable");
    assert_eq!(refused.status, 409, "the configuration says so");
    let bench = bench.restart(|_| {});
    until(|| rules(&bench)["disabled"] == json!([]));
    let bench = bench.restart(|_| {});
    let told = told(&bench);
    let told = told.iter().filter(|(rule, _)| rule == "key-probing");
    let told: Vec<_> = told.map(|(_, target)| word(target)).collect();
    assert_eq!(told, ["disabled", "enabled", "disabled", "enabled"]);
}

#[test]
fn a_rule_sees_its_own_end() {
    let files = Files::of(&["key-probing"]);
    files.put("a-watcher", WATCHER);
    let bench = Bench::start_with(files.config());
    let mut stream = bench.client.watch("/api/v1/stream");
    files.remove("a-watcher");
    files.remove("key-probing");
    files.copy("signature-guessing");
    reload(&bench);
    assert_eq!(stream.next("alert")["rule"], "a-watcher");
    assert_eq!(names(&rules(&bench)), ["signature-guessing"]);
}

#[test]
fn a_rule_that_responds_can_not_become_one_that_must_not() {
    let files = Files::of(&["refresh-reused"]);
    let bench = Bench::start_with(|config| {
        files.config()(config);
        let rules = &mut config.responses.rules;
        rules.insert("refresh-reused".to_owned(), RuleResponse::default());
    });
    files.edit("refresh-reused", "trust: signed", "trust: none");
    let refused = operator(&bench, "x").post(RELOAD, "");
    assert_eq!(refused.status, 409, "{}", refused.text());
    let event = reused(1, now(), "f-1", "ann");
    assert_eq!(crate::responses::outcome(&bench, &event), "held");
}

/// A directory of rules.
struct Files(TempDir);

impl Files {
    fn of(names: &[&str]) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        names.iter().for_each(|name| files.copy(name));
        files
    }

    fn config(&self) -> impl FnOnce(&mut MonitorConfig) + use<> {
        let directory = self.0.path().to_owned();
        |config| config.rules = Some(directory)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(format!("{name}.yml"))
    }

    fn copy(&self, name: &str) {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
        let text = fs::read_to_string(shipped.join(format!("{name}.yml"))).unwrap();
        self.put(name, &text);
    }

    /// All of it at once: the monitor may be reading.
    fn put(&self, name: &str, text: &str) {
        let written = self.0.path().join("written");
        fs::write(&written, text).unwrap();
        fs::rename(written, self.path(name)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.put(name, &text.replace(from, to));
    }
}

fn reload(bench: &Bench) -> Value {
    let answer = operator(bench, "reload").post(RELOAD, "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn rules(bench: &Bench) -> Value {
    bench.fresh().get("/api/v1/rules").json()
}

fn names(rules: &Value) -> Vec<&str> {
    let rules = rules["rules"].as_array().unwrap().iter();
    rules.map(|rule| rule["name"].as_str().unwrap()).collect()
}

fn open(bench: &Bench) -> usize {
    let alerts = bench.fresh().get("/api/v1/alerts?state=open").json();
    alerts["alerts"].as_array().unwrap().len()
}

/// Rule and target of each `rules.changed`, oldest first.
fn told(bench: &Bench) -> Vec<(String, String)> {
    let changed = bench.events_named("rules.changed");
    let changed = changed.iter().rev();
    let text = |event: &Value, field: &str| event[field].as_str().unwrap().to_owned();
    changed
        .map(|event| (text(event, "rule"), text(event, "target")))
        .collect()
}

fn word(target: &str) -> &str {
    target.split(' ').next().unwrap()
}

/// Tokens with keys that nobody has, from one address.
fn probes(first: u128, count: u128, address: &str) -> Vec<Record<'static>> {
    (first..first + count)
        .map(|id| {
            let mut record = decision(id, now(), false);
            record.trust = Trust::None;
            record.reason = Some(Reason::UnknownKey);
            for field in [
                &mut record.token_jti,
                &mut record.token_sub,
                &mut record.token_iss,
            ] {
                *field = None;
            }
            record.client_ip = Some(address.to_owned().into());
            record
        })
        .collect()
}

const WATCHER: &str = "\
title: A rule was removed
name: a-watcher
id: 0a0b0c0d-0000-4000-8000-000000000001
status: experimental
description: Somebody took a rule away.
references:
  - https://www.rfc-editor.org/rfc/rfc6750
falsepositives:
  - An operator who tidies up.
level: high
logsource:
  product: jwtrail
  service: audit
detection:
  removed:
    event: rules.changed
    target: removed
  condition: removed
native:
  type: event_count
  window: 5m
  threshold: 1
jwtrail:
  key: service
  trust: none
  quiet: 5m
  warm_up: none
  response: alert
  missing: Nothing that it needs can be missing.
  why: Whoever takes rules away may have something to hide.
  max_keys: 10
  max_entries: 16
";
