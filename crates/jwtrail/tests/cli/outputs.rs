//! Where alerts go, as a configuration says it.

use crate::support::Jwtrail;

#[test]
fn outputs_of_every_kind_are_taken() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", OUTPUTS)
        .with_variable("ALERTMANAGER_URL", "http://alertmanager.example:9093")
        .with_variable("CHAT_URL", "https://chat.example/hook")
        .with_variable("SIEM_URL", "https://siem.example/ingest")
        .with_variable("SIEM_SECRET", "0123456789abcdef0123456789abcdef")
        .with_variable("COLLECTOR_TOKEN", "hunter2")
        .with_variable("COLLECTOR_URL", "https://collector.example:4318")
        .with_variable("MAIL_PASSWORD", "hunter2")
        .run(&["config", "check", "jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    jwtrail.toml: ok
    --- stderr
    ");
}

#[test]
fn an_output_whose_secret_would_be_read_on_the_way_is_refused() {
    let with = |section: &str, url: &str| {
        Jwtrail::new()
            .with_file("jwtrail.toml", format!("[outputs.a]\n{section}\n"))
            .with_variable("URL", url)
            .with_variable("TOKEN", "hunter2")
            .with_variable("SECRET", "Zb6Yw1pKc4Xs9DvN0mQh3TgLrJ8uEi5a")
            .run(&["config", "check", "jwtrail.toml"])
    };
    let otlp = "kind = \"otlp\"\nurl = \"@env:URL\"\ntoken = \"@env:TOKEN\"";
    insta::assert_snapshot!(with(otlp, "http://collector.example:4318"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: output `a`: its `token` would go over http, where anybody on the way can read it; use https, or `dangerous_plain_http`
     --> jwtrail.toml
    help: `jwtrail schema config` prints every key with its meaning
    ");
    let allowed = format!("{otlp}\ndangerous_plain_http = true");
    let keyless = "kind = \"otlp\"\nurl = \"@env:URL\"";
    let chat = "kind = \"slack\"\nurl = \"@env:URL\"";
    let manager = "kind = \"alertmanager\"\nurl = \"@env:URL\"";
    let hook = "kind = \"webhook\"\nurl = \"@env:URL\"\nsecret = \"@env:SECRET\"";
    for (section, url, refused) in [
        (&*allowed, "http://collector.example", None),
        (otlp, "http://127.0.0.1:4318", None),
        (otlp, "http://[::1]:4318", None),
        (otlp, "http://localhost:4318", None),
        (otlp, "http://127.0.0.1@evil.example", Some("its `token`")),
        (otlp, "http://localhost.evil.example", Some("its `token`")),
        (keyless, "http://collector.example", None),
        (
            keyless,
            "http://a:hunter2@collector.example",
            Some("the secret in its `url`"),
        ),
        (
            chat,
            "http://chat.internal/hooks/hunter2",
            Some("its `url`, which is a secret,"),
        ),
        (manager, "http://alertmanager.example:9093", None),
        (
            manager,
            "http://a:hunter2@alertmanager.example",
            Some("the secret in its `url`"),
        ),
        // The key of a signature stays here.
        (hook, "http://siem.example/in", None),
        (
            hook,
            "http://siem.example/in?key=hunter2",
            Some("the secret in its `url`"),
        ),
    ] {
        let text = with(section, url);
        match refused {
            None => assert!(text.starts_with("exit code: 0"), "{section} {url}: {text}"),
            Some(what) => assert!(text.contains(what), "{section} {url}: {text}"),
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn an_output_says_what_it_lacks_and_what_it_does_not_know() {
    for (section, problem) in [
        ("kind = \"slack\"", "it needs its `url`"),
        ("kind = \"file\"", "it needs its `path`"),
        ("kind = \"webhook\"", "it needs its `secret`"),
        (
            "kind = \"slack\"\nsecret = \"@env:X\"",
            "`secret` is not for this kind",
        ),
        (
            "kind = \"alertmanager\"\nformat = \"ocsf\"",
            "`format` is not for this kind",
        ),
        (
            "kind = \"file\"\npath = \"a\"\nurl = \"@env:X\"",
            "`url` is not for this kind",
        ),
        (
            "kind = \"email\"\nurl = \"@env:X\"",
            "`url` is not for this kind",
        ),
        (
            "kind = \"slack\"\nto = [\"a@example.com\"]",
            "`to` is not for this kind",
        ),
        (
            "kind = \"webhook\"\ntoken = \"@env:X\"",
            "`token` is not for this kind",
        ),
        ("kind = \"otlp\"", "it needs its `url`"),
        ("kind = \"email\"", "it needs its `server`"),
        (
            "kind = \"email\"\nserver = \"a\"\nfrom = \"a@example.com\"",
            "it needs its `to`",
        ),
        (
            "kind = \"email\"\nserver = \"a\"\nusername = \"a\"",
            "it needs `username` and `password`, or neither",
        ),
        (
            "kind = \"email\"\nserver = \"a\"\nfrom = \"a\"\nto = [\"a@example.com\"]",
            "`a` is no mail address",
        ),
        ("kind = \"pager\"", "unknown variant `pager`"),
    ] {
        let text = Jwtrail::new()
            .with_file("jwtrail.toml", format!("[outputs.a]\n{section}\n"))
            .run(&["config", "check", "jwtrail.toml"]);
        assert!(text.starts_with("exit code: 2"), "{text}");
        assert!(text.contains(problem), "{text}");
    }
}

/// What docs/outputs.md shows.
const OUTPUTS: &str = include_str!("outputs.toml");
