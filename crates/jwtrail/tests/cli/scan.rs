use std::net::TcpListener;

use crate::support::Jwtrail;

const NOBODY: &str = "http://127.0.0.1:9";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";

/// Scans an address that nobody listens at, or another, by these arguments.
fn scan(jwtrail: &Jwtrail, url: &str, arguments: &[&str]) -> String {
    jwtrail.run(&[&["scan", url, "--token", "@env:TOKEN"], arguments].concat())
}

fn with_token() -> Jwtrail {
    Jwtrail::new().with_variable("TOKEN", TOKEN)
}

#[test]
fn a_scan_needs_a_token() {
    let text = Jwtrail::new().run(&["scan", "http://127.0.0.1:9", "--operation", "GET /orders"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a scan needs a token that the service accepts
    help: give one with --token @env:NAME or --token @file:PATH, or name where to ask for one with --oauth-token-url
    ");
}

#[test]
fn a_scan_needs_something_to_scan() {
    let text = scan(&with_token(), NOBODY, &[]);
    insta::assert_snapshot!(text, @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: there is nothing to scan
    help: name the OpenAPI document with --spec, or an operation with --operation "GET /orders"
    "#);
}

#[test]
fn a_key_set_has_a_public_key() {
    let arguments = ["--operation", "GET /orders", "--serve-jwks", "127.0.0.1:0"];
    let text = scan(&with_token(), NOBODY, &arguments);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: there is no public key to serve
     --> http://127.0.0.1:9
    help: give a private key with --sign-key or a public one with --public-key; an HMAC secret has no public half
    ");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["--operation", "GET /orders", "--alert-listen", &address];
    let text = scan(&with_token(), NOBODY, &arguments).replace(&address, "[ADDRESS]");
    insta::assert_snapshot!(text, @r"
    exit code: 4
    --- stdout
    --- stderr
    error: cannot listen on [ADDRESS]
     --> http://127.0.0.1:9
    cause: Address already in use (os error 98)
    help: name an address of this machine and a port that is free
    ");
}

#[test]
fn a_token_on_the_command_line_is_refused_and_not_repeated() {
    let text = Jwtrail::new().run(&["scan", "http://127.0.0.1:9", "--token", TOKEN]);
    assert!(text.starts_with("exit code: 2\n"), "{text}");
    assert!(!text.contains("c2lnbmF0dXJl"), "{text}");
}

#[test]
fn what_is_no_token_is_not_scanned_with() {
    let text = scan(
        &Jwtrail::new().with_variable("TOKEN", "opaque-and-no-jwt"),
        NOBODY,
        &["--operation", "GET /orders"],
    );
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the token is no signed JSON Web Token in compact form
     --> http://127.0.0.1:9
    help: the scanner checks JSON Web Tokens (RFC 7519); an opaque token cannot be forged
    ");
}

#[test]
fn a_target_that_is_down_is_no_pass() {
    // Bound and closed again: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let text = scan(&with_token(), &url, &["--operation", "GET /orders"]);
    assert!(text.starts_with("exit code: 3\n"), "{text}");
    assert!(
        text.contains("error: the target does not answer: "),
        "{text}"
    );
}

#[test]
fn other_documents_are_read_where_that_is_allowed() {
    let document = "openapi: 3.1.0\npaths:\n  /orders:\n    $ref: 'paths.yaml#/orders'\n";
    let paths = "orders:\n  get:\n    security: [{bearer: []}]\n    responses: {}\n";
    let jwtrail = || {
        let with = with_token().with_file("main.yaml", document);
        with.with_file("paths.yaml", paths)
    };
    let without = scan(&jwtrail(), NOBODY, &["--spec", "main.yaml"]);
    assert!(without.starts_with("exit code: 2\n"), "{without}");
    let allowed = ["--spec", "main.yaml", "--allow-remote-refs"];
    let with = scan(&jwtrail(), NOBODY, &allowed);
    // There is an operation now; only nobody answers.
    assert!(with.starts_with("exit code: 3\n"), "{with}");
}

#[test]
fn a_public_target_is_scanned_by_its_owner_only() {
    let text = scan(
        &with_token(),
        "http://192.0.2.1",
        &["--operation", "GET /orders"],
    );
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the target cannot be scanned
     --> http://192.0.2.1
    cause: 192.0.2.1 is 192.0.2.1, a public address: scan only what is yours
    help: if it is yours, say so with --i-own-this-host 192.0.2.1
    ");
}

#[test]
fn a_log_that_cannot_be_read_is_no_pass() {
    let text = scan(
        &with_token(),
        NOBODY,
        &["--operation", "GET /orders", "--logs", "nowhere.log"],
    );
    assert!(text.starts_with("exit code: 4\n"), "{text}");
    assert!(
        text.contains("\ncause: cannot read the file nowhere.log: there is no such file; start"),
        "{text}"
    );
}

#[test]
fn a_standard_names_fields_that_there_are() {
    let standard = "name = \"own\"\nversion = 1\nalways = [\"colour\"]\n";
    let text = scan(
        &with_token().with_file("own.toml", standard),
        NOBODY,
        &["--operation", "GET /orders", "--standard", "own.toml"],
    );
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: no record has a field `colour`
     --> own.toml
    help: `jwtrail schema event` lists the fields
    ");
}

#[test]
fn the_checks_are_listed() {
    let text = Jwtrail::new().run(&["scan-checks"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2],
        "PRE-1   gate      enforcement  Valid tokens are accepted"
    );
    assert!(
        lines.contains(&"SIG-03  critical  enforcement  `alg: none` is refused"),
        "{text}"
    );
}
