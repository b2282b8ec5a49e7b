use std::fs;

use crate::rules::{fixture, with_rule};
use crate::support::{Jwtrail, repository_file, scrubbed};

#[test]
fn settings_take_the_place_of_defaults() {
    let jwtrail = with_rule("key-probing")
        .with_file("audit.ndjson", fixture("key-probing", "negative"))
        .with_file(
            "jwtrail.toml",
            "[serve]\nrules = \"rules\"\n[rules.key-probing]\nthreshold = 9\nlevel = \"low\"\n",
        );
    let checked = jwtrail.run(&["config", "check", "jwtrail.toml"]);
    assert!(checked.starts_with("exit code: 0\n"), "{checked}");
    let text = jwtrail.run(&["rules", "list", "--config", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    key-probing  low            address               portable  One address probes for keys
    --- stderr
    ");
    let text = jwtrail.run(&[
        "rules",
        "backtest",
        "audit.ndjson",
        "--config",
        "jwtrail.toml",
    ]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 0
    --- stdout
    2026-03-02: 2 alerts
      low           key-probing address 203.0.113.2: 1 alert of 9 events
      low           key-probing address 203.0.113.3: 1 alert of 10 events
    2 alerts on 1 day in 39 events, 0 lines skipped; [TIME]
    --- stderr
    ");
    let without = jwtrail.run(&["rules", "backtest", "audit.ndjson", "--rules", "rules"]);
    assert!(
        without.contains("\n0 alerts on 0 days in 39 events"),
        "{without}"
    );
}

#[test]
fn the_settings_of_the_readme_can_be() {
    let settings = fs::read(repository_file("crates/jwtrail/tests/cli/settings.toml")).unwrap();
    let jwtrail = Jwtrail::new().with_file("jwtrail.toml", settings);
    let text = jwtrail.run(&["config", "check", "jwtrail.toml"]);
    assert!(text.starts_with("exit code: 0\n"), "{text}");
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let run = |settings: &str| {
        let jwtrail = Jwtrail::new().with_file("jwtrail.toml", settings);
        jwtrail.run(&["config", "check", "jwtrail.toml"])
    };
    insta::assert_snapshot!(run("[rules.key-probing]\npercent = 9\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: `[rules.key-probing]`: the rule has no `percent`
     --> jwtrail.toml
    help: it has: level, threshold, window, quiet
    ");
    insta::assert_snapshot!(run("[rules.key-probing]\ntreshold = 9\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: unknown field `treshold`, expected one of `level`, `threshold`, `distinct`, `percent`, `floor`, `deviations`, `window`, `quiet`
     --> jwtrail.toml:2:1
    help: `jwtrail schema config` prints every key with its meaning
    ");
    insta::assert_snapshot!(run("[rules.key-probing]\nthreshold = 900\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a setting under `[rules]` makes a rule that can't be used
     --> jwtrail.toml
    cause: key-probing.yml:50: 512 entries per key are too few to count to 900; raise max_entries or lower the threshold
    help: change the setting; what is named is the rule's file with it in place
    ");
    insta::assert_snapshot!(run("[rules.key-probing]\nwindow = \"1h\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a setting under `[rules]` makes a rule that can't be used
     --> jwtrail.toml
    cause: key-probing.yml:41: `jwtrail.quiet` is shorter than the window; an episode lasts at least as long as the window
    help: change the setting; what is named is the rule's file with it in place
    ");
    let unknown = run("[rules.key-probbing]\nthreshold = 9\n");
    assert!(
        unknown.contains("error: `[rules.key-probbing]` names no rule\n"),
        "{unknown}"
    );
}
