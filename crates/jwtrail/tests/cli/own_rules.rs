use std::fs;

use crate::rules::fixture;
use crate::support::{Jwtrail, repository_file, scrubbed};

#[test]
fn the_rule_of_the_documentation_finds_what_it_says() {
    let rule = "crates/jwtrail/tests/cli/own_rules/scope-denied-thrice.yml";
    let jwtrail = Jwtrail::new()
        .with_file(
            "rules/scope-denied-thrice.yml",
            fs::read(repository_file(rule)).unwrap(),
        )
        .with_file("audit.ndjson", fixture("scope-probing", "positive"));
    insta::assert_snapshot!(jwtrail.run(&["rules", "check", "rules"]), @r"
    exit code: 0
    --- stdout
    files: 1, problems: 0
    --- stderr
    ");
    let text = jwtrail.run(&["rules", "backtest", "audit.ndjson", "--rules", "rules"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 0
    --- stdout
    2026-03-02: 1 alert
      medium        scope-denied-thrice subject user-1 (https://login.example): 1 alert of 5 events
    1 alert on 1 day in 6 events, 0 lines skipped; [TIME]
    --- stderr
    ");
}
