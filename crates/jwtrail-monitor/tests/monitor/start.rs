use std::net::TcpListener;
use std::sync::Arc;

use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertOutput, Monitor, MonitorConfig, MonitorError, StoreError};
use jwtrail_testkit::TestClock;

use crate::support::{Bench, PlainClient, config, now};

fn refused(config: MonitorConfig) -> (MonitorError, String) {
    let error = Monitor::start(config, Arc::new(TestClock::new(now()))).unwrap_err();
    let text = error.to_string();
    (error, text)
}

#[test]
fn a_taken_port_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(directory.path());
    config.listen = taken.local_addr().unwrap();
    let (error, text) = refused(config.clone());
    assert!(matches!(error, MonitorError::Listen { .. }), "{error:?}");
    assert!(text.contains(&config.listen.to_string()), "{text}");
    assert!(text.contains("choose another address"), "{text}");
}

#[test]
fn a_directory_in_use_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let clock = Arc::new(TestClock::new(now()));
    let _first = Monitor::start(config.clone(), clock).unwrap();
    let (error, text) = refused(config);
    assert!(
        matches!(error, MonitorError::Store(StoreError::Locked { .. })),
        "{error:?}"
    );
    assert!(text.contains("in use by another process"), "{text}");
}

#[test]
fn a_directory_that_can_not_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (error, text) = refused(config(file.path()));
    assert!(matches!(error, MonitorError::File { .. }), "{error:?}");
    assert!(text.contains(file.path().to_str().unwrap()), "{text}");
}

#[test]
fn a_bad_rule_file_is_named_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("mine.yml"), "title: [\n").unwrap();
    let mut config = config(directory.path());
    config.rules = Some(directory.path().to_owned());
    let (error, text) = refused(config);
    assert!(matches!(error, MonitorError::Rule(_)), "{error:?}");
    assert!(text.contains("mine.yml:"), "{text}");
}

#[test]
fn bad_webhooks_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let secret = || SecretToken::new("0123456789abcdef".to_owned());
    let hook = |name: &str, url: &str| AlertOutput::webhook(name, url, secret());
    let short = AlertOutput::webhook("a", "http://a", SecretToken::new("short".to_owned()));
    let cases = [
        (vec![hook("a", "ftp://a")], "https://host/path"),
        (vec![hook("a b", "http://a")], "[A-Za-z0-9._-]"),
        (
            vec![hook("a", "http://a"), hook("a", "http://b")],
            "rename one",
        ),
        (vec![short], "at least 16 bytes"),
    ];
    for (webhooks, remedy) in cases {
        let mut config = config(directory.path());
        config.outputs = webhooks;
        config.webhook_client = Some(Arc::new(PlainClient::default()));
        let (error, text) = refused(config);
        assert!(matches!(error, MonitorError::Output { .. }), "{error:?}");
        assert!(
            text.starts_with("output `a") && text.contains(remedy),
            "{text}"
        );
    }
    let mut config = config(directory.path());
    config.outputs = vec![hook("a", "http://a")];
    assert!(refused(config).1.contains("webhook_client"));
}

#[test]
fn an_output_whose_secret_would_be_read_on_the_way_is_refused_unless_that_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let token = || Some(SecretToken::new("hunter2".to_owned()));
    let configured = |outputs| {
        let mut config = config(directory.path());
        config.outputs = outputs;
        config.webhook_client = Some(Arc::new(PlainClient::default()));
        config
    };
    let collector = || AlertOutput::otlp("collector", "http://collector.example", token());
    let (error, text) = refused(configured(vec![collector()]));
    assert!(matches!(error, MonitorError::PlainHttp { .. }), "{error:?}");
    assert!(text.contains("`collector`: its `token`"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");

    let outputs = vec![
        collector().dangerous_plain_http(),
        AlertOutput::otlp("here", "http://127.0.0.1:4318", token()),
    ];
    let (outputs, client) = (configured(outputs).outputs, PlainClient::default());
    let bench = Bench::start_with(|config| {
        config.outputs = outputs;
        config.webhook_client = Some(Arc::new(client));
    });
    let unsafe_option = || {
        let found = bench.events_named("config.unsafe");
        found
            .iter()
            .any(|event| event["option"] == "dangerous_plain_http")
    };
    crate::quarantine::until(unsafe_option);
}

#[test]
fn a_public_url_that_is_no_origin_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for url in ["jwtrail.example", "https://", "https://a/b", "https://a?b"] {
        let mut config = config(directory.path());
        config.public_url = Some(url.to_owned());
        let (error, text) = refused(config);
        assert!(matches!(error, MonitorError::PublicUrl { .. }), "{error:?}");
        assert!(text.contains(url), "{text}");
    }
}

#[test]
fn the_public_url_is_where_the_link_leads_and_makes_cookies_secure() {
    let bench = Bench::start_with(|config| {
        config.public_url = Some("https://jwtrail.example".to_owned());
    });
    let link = bench.monitor.login_link().unwrap();
    let code = link
        .strip_prefix("https://jwtrail.example/#login=")
        .unwrap();
    let page = bench.anonymous().header("x-jwtrail-request", "1");
    let page = page.header("content-type", "application/json");
    let answer = page.post("/api/v1/login", format!("{{\"code\":\"{code}\"}}"));
    assert!(answer.header("set-cookie").unwrap().contains("Secure"));
}

#[test]
fn it_starts_and_ends_inside_a_runtime_too() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let clock = Arc::new(TestClock::new(now()));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let monitor = Monitor::start(config.clone(), clock.clone()).unwrap();
        monitor.access_token().unwrap();
        monitor.stop().await;
        // The directory is free again; a drop works here as well.
        drop(Monitor::start(config, clock).unwrap());
    });
}

#[cfg(unix)]
#[test]
fn secrets_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let config = config(directory.path());
    let monitor = Monitor::start(config.clone(), Arc::new(TestClock::new(now()))).unwrap();
    monitor
        .producer_credential("orders", &["orders-api"])
        .unwrap();
    let mode = |name: &str| {
        let metadata = std::fs::metadata(config.data.join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(
        [mode(""), mode("keys.json"), mode("producers.json")],
        [0o700, 0o600, 0o600]
    );
}

#[test]
fn what_became_of_the_rules_is_in_the_log() {
    let rules = tempfile::tempdir().unwrap();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let copy = |name: &str| {
        let text = std::fs::read_to_string(shipped.join(name)).unwrap();
        std::fs::write(rules.path().join(name), &text).unwrap();
        text
    };
    let kept = copy("refresh-reused.yml");
    copy("key-probing.yml");
    let own = |config: &mut MonitorConfig| config.rules = Some(rules.path().to_owned());
    let changes = |bench: &Bench| {
        let changed = bench.events_named("rules.changed");
        let text = |event: &serde_json::Value, field: &str| {
            let text = event[field].as_str().unwrap();
            text.split(' ').next().unwrap().to_owned()
        };
        let mut changed: Vec<_> = changed
            .iter()
            .map(|event| format!("{} {}", text(event, "rule"), text(event, "target")))
            .collect();
        changed.sort_unstable();
        changed
    };
    let bench = Bench::start_with(own).restart(own).restart(own);
    assert!(changes(&bench).is_empty(), "nothing has changed");

    let bench = bench.restart(|config| {
        // None is running that could see one change without the others.
        std::fs::remove_file(rules.path().join("key-probing.yml")).unwrap();
        std::fs::write(
            rules.path().join("refresh-reused.yml"),
            format!("{kept}\n# mine\n"),
        )
        .unwrap();
        copy("signature-guessing.yml");
        own(config);
    });
    crate::quarantine::until(|| changes(&bench).len() == 4);
    let bench = bench.restart(own).restart(own);
    let expected = [
        "* in",
        "key-probing removed",
        "refresh-reused changed",
        "signature-guessing added",
    ];
    assert_eq!(changes(&bench), expected);
}
