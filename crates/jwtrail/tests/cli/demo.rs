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
fn a_monitor_that_does_not_let_us_in_is_another_exit_code() {
    let jwtrail = Jwtrail::new().with_variable("JWTRAIL_MONITOR_TOKEN", "stale");
    let served = Served::start(&jwtrail, &["serve", "--listen", "127.0.0.1:0"]);
    let text = jwtrail.run(&["demo", "--once", "--monitor", &served.url]);
    insta::assert_snapshot!(text.replace(&served.url, "[URL]"), @r"
    exit code: 3
    --- stdout
    --- stderr
    error: the demo could not be played
    cause: the monitor at [URL] answers /api/v1/health with 401; check its access token
    help: start the monitor with `jwtrail serve`, and give its credential and token
    ");
    assert!(served.interrupt().starts_with("exit code: 0\n"));
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
