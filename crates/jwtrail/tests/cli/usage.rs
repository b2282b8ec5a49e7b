use std::process::Stdio;

use crate::support::Jwtrail;

#[test]
fn help_names_every_command_and_exit_code() {
    insta::assert_snapshot!(Jwtrail::new().run(&["--help"]), @r"
    exit code: 0
    --- stdout
    Audit trails for services behind JSON Web Tokens

    Usage: jwtrail <COMMAND>

    Commands:
      demo         Show everything on this machine: a service, the monitor, honest clients and attackers
      serve        Run the monitor: take events in, find abuse, show it
      detect       Run the detectors over recorded audit events
      generate     Make synthetic audit events with ground truth, to try rules on
      convert      Render recorded audit events in the schema of another system
      rules        Work with the rules: list, check and test them, try them on recorded events, and export them
      fingerprint  Print the fingerprint of a token that you hold, to look it up in the trail
      pseudonym    Print the pseudonym of a subject, to look somebody up in the trail
      erase        Erase a subject from the data of a monitor that does not run
      scan         Check that a service refuses bad tokens, and that its log shows it
      scan-checks  List what the scanner checks
      scan-diff    Compare two reports of `jwtrail scan --format json`: what is new, fixed, changed
      lint         Check what OpenAPI documents say about their protection, without calling anybody
      schema       Print the JSON Schema of the audit event, the configuration or a scan's report
      config       Work with the configuration
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Exit codes: 0 success, 1 findings, 2 usage, configuration or input, 3 another process did not
    answer, 4 this machine failed. Each command's --help says which it uses.
    --- stderr
    ");
}

#[test]
fn every_command_documents_its_exit_codes() {
    let jwtrail = Jwtrail::new();
    for command in [
        &["demo", "--help"][..],
        &["serve", "--help"],
        &["detect", "--help"],
        &["convert", "--help"],
        &["generate", "--help"],
        &["rules", "list", "--help"],
        &["rules", "check", "--help"],
        &["rules", "test", "--help"],
        &["rules", "backtest", "--help"],
        &["scan-diff", "--help"],
        &["fingerprint", "--help"],
        &["pseudonym", "--help"],
        &["erase", "--help"],
        &["scan", "--help"],
        &["scan-checks", "--help"],
        &["lint", "--help"],
        &["schema", "--help"],
        &["config", "check", "--help"],
    ] {
        let help = jwtrail.run(command);
        assert!(help.starts_with("exit code: 0\n"), "{help}");
        assert!(help.contains("Exit codes: 0 "), "{command:?}: {help}");
    }
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    insta::assert_snapshot!(Jwtrail::new().run(&["detekt"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: unrecognized subcommand 'detekt'

      tip: a similar subcommand exists: 'detect'

    Usage: jwtrail <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let jwtrail = Jwtrail::new();
    let mut command = jwtrail.command(&["schema", "event"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command
        .stdout(Stdio::from(writer))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_filter_of_the_log_that_is_none_is_refused() {
    let text = Jwtrail::new()
        .with_variable("JWTRAIL_LOG", "jwtrail=very=loud")
        .run(&["rules", "list"]);
    insta::assert_snapshot!(text, @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: the filter of the log cannot be read
     --> the environment's JWTRAIL_LOG
    cause: error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5
    help: write a level, such as info, or a filter, such as jwtrail=debug,warn
    "#);
}
