use std::net::TcpListener;

use crate::support::Jwtrail;
use crate::support::served::Served;

#[test]
fn a_monitor_without_credentials_is_named() {
    let text = Jwtrail::new().run(&["demo", "--once", "--monitor", "http://192.0.2.1:7780"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: nothing lets us into the monitor at http://192.0.2.1:7780
    help: set JWTRAIL_MONITOR_CREDENTIAL, or run `jwtrail serve` as this user on this machine
    ");
}

#[test]
fn a_monitor_is_named_by_its_url() {
    let text = Jwtrail::new().run(&["demo", "--once", "--monitor", "localhost:7780"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: `localhost:7780` is no URL of a monitor
    help: write it as http://HOST:PORT, as `jwtrail serve` prints it
    ");
}

#[test]
fn a_monitor_that_does_not_answer_is_named() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let text = Jwtrail::new()
        .with_variable("JWTRAIL_MONITOR_CREDENTIAL", "jwtrail-p-x")
        .with_variable("JWTRAIL_MONITOR_TOKEN", "x")
        .run(&["demo", "--once", "--monitor", &url]);
    insta::assert_snapshot!(text.replace(&url, "[URL]"), @r"
    exit code: 3
    --- stdout
    --- stderr
    error: the monitor does not answer
     --> [URL]
    cause: cannot connect
    cause: error sending request
    cause: client error (Connect)
    cause: tcp connect error
    cause: Connection refused (os error 111)
    help: start it with `jwtrail serve`, or correct --monitor
    ");
}

#[test]
fn a_wrong_producer_credential_is_named() {
    let jwtrail = Jwtrail::new().with_variable("JWTRAIL_MONITOR_CREDENTIAL", "jwtrail-p-wrong");
    insta::assert_snapshot!(demo_against_a_monitor(&jwtrail), @r"
    exit code: 3
    --- stdout
    --- stderr
    error: the monitor refuses the credential with 401
     --> [URL]
    help: correct JWTRAIL_MONITOR_CREDENTIAL, or unset it where `jwtrail serve` runs as this user
    ");
}

#[test]
fn a_wrong_token_is_named() {
    let jwtrail = Jwtrail::new().with_variable("JWTRAIL_MONITOR_TOKEN", "stale");
    insta::assert_snapshot!(demo_against_a_monitor(&jwtrail), @r"
    exit code: 3
    --- stdout
    --- stderr
    error: the monitor refuses the token with 401
     --> [URL]
    help: correct JWTRAIL_MONITOR_TOKEN, or unset it where `jwtrail serve` runs as this user
    ");
}

fn demo_against_a_monitor(jwtrail: &Jwtrail) -> String {
    let served = Served::start(jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    let text = jwtrail.run(&["demo", "--once", "--monitor", &served.url]);
    let text = text.replace(&served.url, "[URL]");
    assert!(served.interrupt().starts_with("exit code: 0\n"));
    text
}

#[test]
fn a_report_is_of_one_programme() {
    let text = Jwtrail::new().run(&["demo", "--report", "report.json"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the following required arguments were not provided:
      --once

    Usage: jwtrail demo --once --report <FILE>

    For more information, try '--help'.
    ");
}
