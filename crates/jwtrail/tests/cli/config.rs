use crate::support::{Jwtrail, repository_file};

fn check(config: &str) -> String {
    Jwtrail::new()
        .with_file("jwtrail.toml", config)
        .run(&["config", "check", "jwtrail.toml"])
}

#[test]
fn a_whole_configuration_passes() {
    let jwtrail = Jwtrail::new()
        .with_file("jwtrail.toml", WHOLE)
        .with_file("fingerprint.key", "lq3nVQ0W8FqTt5oCzM1yJ7uRkHxA2eGd\n")
        .with_variable("WEBHOOK_URL", "https://alerts.example/hook")
        .with_variable("WEBHOOK_SECRET", "Zb6Yw1pKc4Xs9DvN0mQh3TgLrJ8uEi5a");
    let text = jwtrail.run(&["config", "check", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    jwtrail.toml: ok
    --- stderr
    ");
}

#[test]
fn a_missing_file_is_named() {
    let text = Jwtrail::new().run(&["config", "check", "nowhere.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the configuration
     --> nowhere.toml
    cause: No such file or directory (os error 2)
    help: name a readable file, or leave --config out
    ");
}

#[test]
fn a_directory_is_no_configuration() {
    let text = Jwtrail::new().run(&["config", "check", "."]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the configuration
     --> .
    cause: Is a directory (os error 21)
    help: name a readable file, or leave --config out
    ");
}

#[test]
fn broken_toml_is_located() {
    insta::assert_snapshot!(check("[serve]\nlisten = \"127.0.0.1:1\n"), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid basic string, expected `"`
     --> jwtrail.toml:2:22
    help: `jwtrail schema config` prints every key with its meaning
    "#);
}

#[test]
fn an_unknown_key_is_located() {
    insta::assert_snapshot!(check("[serve]\nlisen = \"127.0.0.1:1\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: unknown field `lisen`, expected one of `listen`, `data`, `rules`, `disabled_rules`, `public_url`, `services`, `imported`
     --> jwtrail.toml:2:1
    help: `jwtrail schema config` prints every key with its meaning
    ");
}

#[test]
fn the_configuration_for_kubernetes_passes() {
    let manifest = std::fs::read_to_string(repository_file("deploy/kubernetes.yaml")).unwrap();
    let after = manifest.split_once("jwtrail.toml: |\n").unwrap().1;
    let indented = after.split("---").next().unwrap();
    let toml: Vec<&str> = indented.lines().map(str::trim_start).collect();
    let text = check(&toml.join("\n"));
    assert!(text.starts_with("exit code: 0\n"), "{text}");
}

#[test]
fn what_a_start_would_refuse_is_refused() {
    let refused = |serve: &str| {
        let text = check(&format!("[serve]\n{serve}\n"));
        let lines = text.lines().filter(|line| {
            ["exit code: ", "error: ", " --> ", "help: "]
                .iter()
                .any(|start| line.starts_with(start))
        });
        lines
            .collect::<Vec<_>>()
            .join("\n")
            .split(", binding-failed")
            .next()
            .unwrap()
            .to_owned()
    };
    insta::assert_snapshot!(refused("services = [\"../orders\"]"), @r"
    exit code: 2
    error: producer `../orders`: a name is 1 to 64 of [A-Za-z0-9._-]
     --> jwtrail.toml
    ");
    insta::assert_snapshot!(refused("services = [\"orders\"]\nimported = [\"orders\"]"), @r"
    exit code: 2
    error: the service `orders` is named twice
     --> jwtrail.toml
    help: name it once, under `services` or under `imported`
    ");
    insta::assert_snapshot!(refused("public_url = \"audit.example\""), @r"
    exit code: 2
    error: public_url `audit.example` is not an origin
     --> jwtrail.toml
    help: write it as https://host or https://host:port
    ");
    insta::assert_snapshot!(refused("disabled_rules = [\"nonsense\"]"), @r"
    exit code: 2
    error: no rule is called `nonsense`
     --> jwtrail.toml
    help: known: audit-gap
    ");
}

#[test]
fn an_unknown_section_is_located() {
    insta::assert_snapshot!(check("[server]\nlisten = \"127.0.0.1:1\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: unknown field `server`, expected one of `serve`, `webhook`, `retention`, `quarantine`, `fingerprint`, `outputs`, `responses`, `rules`
     --> jwtrail.toml:1:2
    help: `jwtrail schema config` prints every key with its meaning
    ");
}

#[test]
fn a_value_of_the_wrong_type_is_located() {
    insta::assert_snapshot!(check("[serve]\n  listen = 8080\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid type: integer `8080`, expected socket address
     --> jwtrail.toml:2:12
    help: write an IP address and a port, such as 127.0.0.1:7780; a name is not looked up
    ");
}

#[test]
fn a_span_without_a_unit_is_located() {
    insta::assert_snapshot!(check("[quarantine]\nmax_time = \"7\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a span of time is a whole number and a unit: 90s, 30m, 12h, 30d
     --> jwtrail.toml:2:12
    help: `jwtrail schema config` prints every key with its meaning
    ");
}

#[test]
fn a_retention_that_keeps_too_little_is_located() {
    insta::assert_snapshot!(check("[retention]\nmax_age = \"30m\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: events are kept for an hour at least: write 1h or more
     --> jwtrail.toml:2:11
    help: `jwtrail schema config` prints every key with its meaning
    ");
    insta::assert_snapshot!(check("[retention]\nmax_size = \"50GB\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a size is a whole number and a unit: 512MiB, 50GiB, 1TiB
     --> jwtrail.toml:2:12
    help: `jwtrail schema config` prints every key with its meaning
    ");
}

#[test]
fn a_rule_that_must_not_respond_is_located() {
    let text = "[quarantine]\nmax_time = \"7d\"\n\n  [responses.token-repeated-rejections]\nquarantine = true\n";
    insta::assert_snapshot!(check(text), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the response of `token-repeated-rejections`: it counts tokens whose signature does not hold, and whoever forges one would hold somebody else's
     --> jwtrail.toml:4:14
    help: let it alert
    ");
    insta::assert_snapshot!(check("[responses]\nscope-probing = { quarantine = true }\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the response of `scope-probing`: it fires for each subject, and a rule holds only a token or a family
     --> jwtrail.toml:2:1
    help: let it alert
    ");
}

#[test]
fn a_secret_that_is_written_out_is_refused_and_not_repeated() {
    let text = check("[fingerprint]\nkey = \"hunter2hunter2hunter2hunter2hunter2\"\n");
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a secret is named as `@file:PATH` or `@env:NAME`, never written out
     --> jwtrail.toml:2:7
    help: `jwtrail schema config` prints every key with its meaning
    ");
}

#[test]
fn a_secret_that_is_not_there_is_named() {
    insta::assert_snapshot!(check("[fingerprint]\nkey = \"@file:missing.key\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the secret
     --> missing.key
    cause: No such file or directory (os error 2)
    help: make the file readable, or name another source of the secret
    ");
    insta::assert_snapshot!(check("[fingerprint]\nkey = \"@env:MISSING_KEY\"\n"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the variable MISSING_KEY is not set
    help: set MISSING_KEY, or name another source of the secret
    ");
}

#[test]
fn a_short_key_is_refused() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", "[fingerprint]\nkey = \"@file:weak.key\"\n")
        .with_file("weak.key", "hunter2\n")
        .run(&["config", "check", "jwtrail.toml"]);
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key has 7 bytes, a key needs at least 32
     --> weak.key
    help: make one with `openssl rand -base64 32`
    ");
}

#[test]
fn a_key_that_can_be_guessed_is_refused() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", "[fingerprint]\nkey = \"@file:weak.key\"\n")
        .with_file("weak.key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")
        .run(&["config", "check", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key is made of 1 different bytes and can be guessed
     --> weak.key
    help: make one with `openssl rand -base64 32`
    ");
}

#[test]
fn a_bad_rule_file_is_located() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", "[serve]\nrules = \"rules\"\n")
        .with_file("rules/mine.yml", "title: Mine\nlevel: enormous\n")
        .run(&["config", "check", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: not exactly one rule
     --> rules/mine.yml:1:1
    help: a file holds one document with `jwtrail:` and with `correlation:` or `native:`
    ");
}

#[test]
fn the_environment_wins_and_is_checked_alike() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", "[serve]\nlisten = \"127.0.0.1:1\"\n")
        .with_variable("JWTRAIL_SERVE_LISTEN", "everywhere")
        .run(&["config", "check", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid socket address syntax
     --> the environment's JWTRAIL_SERVE_LISTEN
    help: write an IP address and a port, such as 127.0.0.1:7780; a name is not looked up
    ");
}

const WHOLE: &str = r#"
[serve]
listen = "127.0.0.1:7780"
data = "data"
public_url = "https://jwtrail.example"

[webhook]
url = "@env:WEBHOOK_URL"
secret = "@env:WEBHOOK_SECRET"

[retention]
max_age = "90d"
max_size = "50GiB"

[quarantine]
max_time = "7d"
protected_subjects = ["payments-batch", "sync-* https://login.example"]
breaker_least = 20

[responses.refresh-reused]
quarantine = true
max = "1h"
per_hour = 20

[fingerprint]
id = "k1"
key = "@file:fingerprint.key"
"#;
