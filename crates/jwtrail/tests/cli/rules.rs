use std::fs;

use jwtrail_detect::RuleSet;

use crate::support::{Jwtrail, repository_file, scrubbed};

#[test]
fn the_shipped_rules_are_listed() {
    let text = Jwtrail::new().run(&["rules", "list"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    audit-gap                  high           instance              native    The audit trail has a hole
    binding-failed             high           token                 native    A bound token without its key
    clock-skew                 low            issuer                portable  The clocks of an issuer and a service differ
    credential-stuffing        high           address               native    One address tries many credentials
    distributed-guessing       high           route                 native    A route is guessed at from many addresses
    excess-rate                low            subject               native    A subject stays over its limit
    expired-token-persistence  informational  token                 portable  A client does not notice that its token has expired
    failure-rate-high          medium         service, route        native    More requests fail than usual
    family-shared              high           family                native    One refresh family in several hands
    forgery-attempt            informational  address               native    Somebody tries a forged token
    issuance-burst             medium         client                native    A client is given more tokens than usual
    key-probing                medium         address               portable  One address probes for keys
    keys-unavailable           medium         issuer                portable  The keys of an issuer can't be had
    monitor-tampered           high           monitor               native    Somebody changes what the monitor says
    object-probing             medium         subject and object_type  portable  A subject walks through the objects of others
    origin-repeated-401        low            address, origin       native    One origin is refused again and again
    privileged-burst           medium         subject               native    An administrator does more than usual
    refresh-burst              low            subject               native    A subject refreshes more than usual
    refresh-guessing           medium         address               portable  One address guesses refresh tokens
    refresh-reuse-wave         critical       service               portable  Refresh tokens of many subjects were used again
    refresh-reused             high           family                portable  A refresh token was used again
    refresh-substituted        high           family                portable  A refresh token is used by another client
    revoked-token-use          low            token                 native    A revoked token is used somewhere else
    scope-changed              informational  subject, client       native    A scope that was never seen before
    scope-probing              medium         subject               native    A subject probes for scopes
    signature-guessing         high           address               portable  One address guesses signatures
    subject-failure-spike      low            subject               native    A subject's tokens fail more than usual
    success-after-failures     critical       address               native    A stuffed credential was good
    token-repeated-rejections  low            token                 native    One token rejected again and again
    token-replayed             low            token                 native    One token is used by two at once
    token-roaming              low            token                 native    One token is used all over the place
    token-substituted          medium         subject               portable  A subject tries tokens that are meant for others
    token-tampered             high           claimed_token         portable  A token that was good has been changed
    --- stderr
    ");
}

#[test]
fn the_page_is_the_committed_one() {
    let jwtrail = Jwtrail::new();
    let mut command = jwtrail.command(&["rules", "list", "--format", "markdown"]);
    let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let committed = fs::read_to_string(repository_file("docs/rules.md")).unwrap();
    let old = "docs/rules.md is old; run `cargo xtask generate`";
    assert!(page == committed, "{old}");
}

#[test]
fn programs_get_all_that_a_rule_states() {
    let jwtrail = with_rule("key-probing");
    let text = jwtrail.run(&["rules", "list", "--rules", "rules", "--format", "json"]);
    let version = RuleSet::embedded().unwrap();
    let version = &version.info("key-probing").unwrap().version;
    let text = text.replace(version, "[VERSION]");
    insta::assert_snapshot!(text, @r#"
    exit code: 0
    --- stdout
    [
      {
        "name": "key-probing",
        "id": "bfadfa76-dd0b-4dca-89d3-b88da4513554",
        "version": "[VERSION]",
        "title": "One address probes for keys",
        "description": "Ten or more tokens that name an unknown key from one address within 5 minutes.",
        "severity": "medium",
        "escalates_to": null,
        "key_class": "address",
        "key_classes": [
          "address"
        ],
        "per": [],
        "trust": "none",
        "events": [
          "token.rejected"
        ],
        "window_seconds": 300,
        "shape": "event_count",
        "settled_only": false,
        "threshold": 10,
        "distinct": null,
        "warm_up_seconds": 0,
        "quiet_seconds": 300,
        "response": "alert",
        "missing_field": "An event without a client address does not count.",
        "portable": true,
        "why": "The key id is the sender's to choose: paths, SQL and old ids are tried there, to make the verifier load a key that the sender knows.",
        "false_positives": [
          "Clients behind one address that hold tokens of an issuer's retired key.",
          "A service whose key set is older than the issuer's."
        ],
        "references": [
          "https://www.rfc-editor.org/rfc/rfc8725#section-3.10",
          "https://www.rfc-editor.org/rfc/rfc7515#section-4.1.4"
        ]
      }
    ]
    --- stderr
    "#);
}

#[test]
fn good_rules_pass_the_check() {
    let jwtrail = with_rule("key-probing");
    insta::assert_snapshot!(jwtrail.run(&["rules", "check", "rules"]), @r"
    exit code: 0
    --- stdout
    files: 1, problems: 0
    --- stderr
    ");
    let text = jwtrail.run(&[
        "rules",
        "check",
        "rules/key-probing.yml",
        "--format",
        "json",
    ]);
    insta::assert_snapshot!(text, @r#"
    exit code: 0
    --- stdout
    {
      "files": 1,
      "problems": []
    }
    --- stderr
    "#);
}

#[test]
fn each_problem_is_told_with_its_line_and_a_remedy() {
    let rule = rule("key-probing");
    let jwtrail = Jwtrail::new()
        .with_file(
            "rules/a.yml",
            rule.replace("max_entries: 512", "max_entries: 3"),
        )
        .with_file("rules/b.yml", rule.replace("gte: 10", "gte: ten"))
        .with_file("rules/c.yml", "title: [");
    insta::assert_snapshot!(jwtrail.run(&["rules", "check", "rules"]), @r#"
    exit code: 1
    --- stdout
    rules/a.yml:50: 3 entries per key are too few to count to 10
      help: raise max_entries or lower the threshold
    rules/b.yml:17: the name `key-probing` is that of the rule in `rules/a.yml`
      help: give each rule its own `name` and `id`
    rules/b.yml:36: Invalid correlation rule: correlation condition operator 'gte' requires a numeric value, got: String("ten")
      help: give it a number, such as gte: 10
    rules/c.yml:2: not YAML: did not find expected node content at line 2 column 1, while parsing a flow node
      help: write a YAML mapping, see the shipped rules
    files: 3, problems: 4
    --- stderr
    error: 4 problems
    "#);
    insta::assert_snapshot!(jwtrail.run(&["rules", "check", "absent.yml"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the rule file
     --> absent.yml
    cause: No such file or directory (os error 2)
    ");
}

#[test]
fn a_rule_is_tested_on_its_fixtures() {
    let jwtrail = with_rule("key-probing");
    insta::assert_snapshot!(jwtrail.run(&["rules", "test"]), @r"
    exit code: 0
    --- stdout
    key-probing: ok, 1 alert in 49 events
    1 rule
    --- stderr
    ");
}

#[test]
fn the_event_at_fault_is_named() {
    let blunt = with_rule("key-probing").with_file(
        "rules/key-probing.yml",
        rule("key-probing").replace("gte: 10", "gte: 11"),
    );
    insta::assert_snapshot!(blunt.run(&["rules", "test", "rules"]), @r"
    exit code: 1
    --- stdout
    key-probing: FAULT, 0 alerts in 49 events
      rules/fixtures/key-probing/positive.ndjson: medium 203.0.113.1 was not raised; the rule selected 10 of 10 events, from line 1 to line 10
    1 rule
    --- stderr
    error: 1 rule not as the fixtures say
    ");
    let sharp = with_rule("key-probing").with_file(
        "rules/key-probing.yml",
        rule("key-probing").replace("gte: 10", "gte: 9"),
    );
    insta::assert_snapshot!(sharp.run(&["rules", "test", "--format", "json"]), @r#"
    exit code: 1
    --- stdout
    {
      "rules": [
        {
          "name": "key-probing",
          "alerts": 1,
          "events": 49,
          "faults": [
            {
              "file": "rules/fixtures/key-probing/negative.ndjson",
              "line": 13,
              "what": "this event raised an alert: medium address 203.0.113.3"
            },
            {
              "file": "rules/fixtures/key-probing/negative.ndjson",
              "line": 38,
              "what": "this event raised an alert: medium address 203.0.113.2"
            }
          ]
        }
      ]
    }
    --- stderr
    error: 1 rule not as the fixtures say
    "#);
}

#[test]
fn a_rule_without_fixtures_is_at_fault() {
    let jwtrail = Jwtrail::new().with_file("rules/key-probing.yml", rule("key-probing"));
    insta::assert_snapshot!(jwtrail.run(&["rules", "test"]), @r"
    exit code: 1
    --- stdout
    key-probing: FAULT, 0 alerts in 0 events
      rules/fixtures/key-probing/positive.ndjson: the fixture is missing; record some events there
      rules/fixtures/key-probing/negative.ndjson: the fixture is missing; record some events there
    1 rule
    --- stderr
    error: 1 rule not as the fixtures say
    ");
}

#[test]
fn what_would_have_been_raised_is_told_by_day_and_key() {
    let log = fixture("key-probing", "positive");
    // An event is known by its id: the next day's have others.
    let next_day = log
        .replace("2026-03-02T", "2026-03-03T")
        .replace("\"event_id\":\"019c", "\"event_id\":\"019d");
    let jwtrail = Jwtrail::new()
        .with_file("monday.ndjson", log)
        .with_file("tuesday.ndjson", next_day);
    let files = ["rules", "backtest", "monday.ndjson", "tuesday.ndjson"];
    let text = jwtrail.run(&files);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 0
    --- stdout
    2026-03-02: 1 alert
      medium        key-probing address 203.0.113.1: 1 alert of 10 events
    2026-03-03: 1 alert
      medium        key-probing address 203.0.113.1: 1 alert of 10 events
    2 alerts on 2 days in 20 events, 0 lines skipped; [TIME]
    --- stderr
    ");
    let one = [&files[..], &["--rule", "refresh-reused"]].concat();
    insta::assert_snapshot!(scrubbed(&jwtrail.run(&one)), @r"
    exit code: 0
    --- stdout
    0 alerts on 0 days in 20 events, 0 lines skipped; [TIME]
    --- stderr
    ");
    let json = [&files[..], &["--rule", "key-probing", "--format", "json"]].concat();
    let text = jwtrail.run(&json);
    let lines = text.lines().filter(|line| !line.contains("second"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    exit code: 0
    --- stdout
    {
      "days": [
        {
          "day": "2026-03-02",
          "alerts": 1,
          "raised": [
            {
              "rule": "key-probing",
              "severity": "medium",
              "key_class": "address",
              "key": "203.0.113.1",
              "alerts": 1,
              "events": 10
            }
          ]
        },
        {
          "day": "2026-03-03",
          "alerts": 1,
          "raised": [
            {
              "rule": "key-probing",
              "severity": "medium",
              "key_class": "address",
              "key": "203.0.113.1",
              "alerts": 1,
              "events": 10
            }
          ]
        }
      ],
      "rules": [
        {
          "name": "key-probing",
          "alerts": 2,
          "days": 2
        }
      ],
      "alerts": 2,
      "events": 20,
      "skipped_lines": 0,
    }
    --- stderr
    "#);
}

#[test]
fn a_rule_that_is_not_there_is_refused() {
    let jwtrail = with_rule("key-probing");
    let arguments = ["rules", "backtest", "a.ndjson", "--rules", "rules"];
    let text = jwtrail.run(&[&arguments[..], &["--rule", "key-probbing"]].concat());
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: no rule is called `key-probbing`
    help: known: key-probing
    ");
}

/// A directory with one of the shipped rules and its fixtures.
pub(crate) fn with_rule(name: &str) -> Jwtrail {
    let expected = repository_file(&format!("rules/fixtures/{name}/expected.json"));
    let file = |name: &str, kind: &str| format!("rules/fixtures/{name}/{kind}");
    Jwtrail::new()
        .with_file(&format!("rules/{name}.yml"), rule(name))
        .with_file(&file(name, "positive.ndjson"), fixture(name, "positive"))
        .with_file(&file(name, "negative.ndjson"), fixture(name, "negative"))
        .with_file(&file(name, "expected.json"), fs::read(expected).unwrap())
}

fn rule(name: &str) -> String {
    fs::read_to_string(repository_file(&format!("rules/{name}.yml"))).unwrap()
}

pub(crate) fn fixture(name: &str, kind: &str) -> String {
    let path = format!("rules/fixtures/{name}/{kind}.ndjson");
    fs::read_to_string(repository_file(&path)).unwrap()
}
