use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::Jwtrail;
use crate::support::served::Served;

#[tokio::test]
async fn it_says_where_to_log_in_and_where_to_send_events() {
    let jwtrail = Jwtrail::new().with_file(
        "jwtrail.toml",
        "[serve]\nservices = [\"orders-api\"]\ndata = \"data\"\n",
    );
    let served = Served::start(
        &jwtrail,
        &[
            "serve",
            "--config",
            "jwtrail.toml",
            "--listen",
            "127.0.0.1:0",
        ],
    );
    assert!(
        served
            .login_link
            .starts_with(&format!("{}/#login=", served.url))
    );
    let credential = jwtrail.path("data/credentials/orders-api");
    let access = jwtrail.path(&format!(".local/state/jwtrail/{}.json", served.port()));
    for secret in [&credential, &access] {
        let mode = fs::metadata(secret).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", secret.display());
    }

    let credential = fs::read_to_string(credential).unwrap();
    let (status, body) = served.post_events(&credential, Vec::new()).await;
    assert_eq!(
        (status, body["accepted"].as_u64()),
        (200, Some(0)),
        "{body}"
    );
    let said = served.interrupt();
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    assert!(!said.contains(&credential), "{said}");
    assert!(!access.exists(), "the monitor has stopped");
}

#[tokio::test]
async fn a_wrong_credential_is_refused_with_a_reason() {
    let jwtrail = Jwtrail::new();
    let served = Served::start(&jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    let (status, body) = served.post_events("jwtrail-p-wrong", Vec::new()).await;
    assert_eq!(status, 401);
    insta::assert_snapshot!(body, @r#"{"error":{"code":"unauthorized","message":"this producer credential is not known here; make one with the monitor and configure it in the service"}}"#);
    assert!(served.terminate().starts_with("exit code: 0\n"));
}

#[tokio::test]
async fn a_hangup_does_not_end_it() {
    let jwtrail = Jwtrail::new();
    let served = Served::start(&jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    // It answers, so it has come to where it waits for signals.
    served.post_events("jwtrail-p-wrong", Vec::new()).await;
    served.hang_up();
    let (status, _) = served.post_events("jwtrail-p-wrong", Vec::new()).await;
    assert_eq!(status, 401);
    assert!(served.terminate().starts_with("exit code: 0\n"));
}

#[tokio::test]
async fn another_operator_gets_a_link_without_a_restart() {
    let jwtrail = Jwtrail::new();
    let mut served = Served::start(&jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    // It answers, so it has come to where it waits for signals.
    served.post_events("jwtrail-p-wrong", Vec::new()).await;
    let link = served.another_login_link();
    assert!(
        link.starts_with(&format!("{}/#login=", served.url)),
        "{link}"
    );
    assert_ne!(link, served.login_link);
    assert!(served.terminate().starts_with("exit code: 0\n"));
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = Jwtrail::new().run(&["serve", "--listen", &address]);
    insta::assert_snapshot!(text.replace(&address, "[ADDRESS]"), @r"
    exit code: 4
    --- stdout
    --- stderr
    error: cannot listen on [ADDRESS]
    cause: Address already in use (os error 98)
    help: stop what listens there or choose another address
    ");
}

#[test]
fn an_address_of_another_machine_is_none_to_listen_on() {
    let text = Jwtrail::new().run(&["serve", "--listen", "192.0.2.1:7780"]);
    insta::assert_snapshot!(text, @r"
    exit code: 4
    --- stdout
    --- stderr
    error: cannot listen on 192.0.2.1:7780
    cause: Cannot assign requested address (os error 99)
    help: choose an address of this machine, or 0.0.0.0 for all
    ");
}

#[test]
fn a_file_is_no_data_directory() {
    let jwtrail = Jwtrail::new().with_file("data", "");
    let text = jwtrail.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    insta::assert_snapshot!(text, @r"
    exit code: 4
    --- stdout
    --- stderr
    error: cannot use data: File exists (os error 17)
     --> data
    help: name a directory, where no file is in the way
    ");
}

#[test]
fn a_data_directory_needs_a_name() {
    let jwtrail = Jwtrail::new().with_file("etc/jwtrail.toml", "[serve]\ndata = \"\"\n");
    let text = jwtrail.run(&["serve", "--config", "etc/jwtrail.toml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the name of the data directory is empty
    help: name one, such as /var/lib/jwtrail
    ");
}

/// As under a service manager that keeps it out of every home.
#[test]
fn a_home_that_cannot_be_written_to_does_no_harm() {
    let jwtrail = Jwtrail::new().with_file(".local", "");
    let served = Served::start(&jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    let said = served.terminate();
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    let warned = format!(
        "`jwtrail demo --monitor` will need JWTRAIL_MONITOR_CREDENTIAL and JWTRAIL_MONITOR_TOKEN, \
         and all else works without the file that would give them: error: cannot make the \
         directory --> {} cause: ",
        jwtrail.path(".local/state/jwtrail").display()
    );
    assert!(said.contains(&warned), "{said}");
}

#[test]
fn a_bad_rule_is_located() {
    let text = Jwtrail::new()
        .with_file("jwtrail.toml", "[serve]\nrules = \"rules\"\n")
        .with_file("rules/mine.yml", "title: Mine\nlevel: enormous\n")
        .run(&[
            "serve",
            "--config",
            "jwtrail.toml",
            "--listen",
            "127.0.0.1:0",
        ]);
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
fn a_weak_webhook_secret_is_refused() {
    let text = Jwtrail::new()
        .with_variable("URL", "https://alerts.example/")
        .with_variable("SECRET", "hunter2")
        .with_variable("JWTRAIL_WEBHOOK_URL", "@env:URL")
        .with_variable("JWTRAIL_WEBHOOK_SECRET", "@env:SECRET")
        .run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key has 7 bytes, a key needs at least 32
     --> the environment's SECRET
    help: make one with `openssl rand -base64 32`
    ");
}

#[test]
fn a_webhook_needs_both_parts() {
    let text = Jwtrail::new()
        .with_variable("URL", "https://alerts.example/")
        .with_variable("JWTRAIL_WEBHOOK_URL", "@env:URL")
        .run(&["serve", "--listen", "127.0.0.1:0"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a webhook needs its `url` and its `secret`
    help: give both in the section [webhook], or neither
    ");
}

#[test]
fn a_data_directory_has_one_monitor() {
    let jwtrail = Jwtrail::new();
    let first = Served::start(
        &jwtrail,
        &["serve", "--data", "data", "--listen", "127.0.0.1:0"],
    );
    let text = jwtrail.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    insta::assert_snapshot!(text, @r"
    exit code: 4
    --- stdout
    --- stderr
    error: data/log is in use by another process
    help: stop that one or choose another directory
    ");
    assert!(first.interrupt().starts_with("exit code: 0\n"));
}
