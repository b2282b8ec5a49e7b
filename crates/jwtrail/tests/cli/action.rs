use std::fs;
use std::process::Command;

use crate::support::repository_file;

/// Runs the action's script with a `jwtrail` that is a stand-in: it writes down its arguments and
/// ends as it is told. Gives the arguments, and what the next steps get to know.
fn scan(stub: &str, variables: &[(&str, &str)]) -> (String, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    // A function and no file: a program that was just written can't be run while another thread
    // forks.
    let stub = format!("() {{ ( printf '%s\\n' \"$@\" >\"$RUNNER_TEMP/arguments\"\n{stub}\n); }}");
    let mut command = Command::new("bash");
    command
        .arg(repository_file("action/scan.sh"))
        .env("BASH_FUNC_jwtrail%%", stub)
        .env("RUNNER_TEMP", directory.path())
        .env("GITHUB_OUTPUT", path("output"))
        .envs([("SCAN_URL", "http://127.0.0.1:1"), ("SCAN_FAIL_ON", "high")])
        .envs(
            [
                "SCAN_SPEC",
                "SCAN_LOGS",
                "SCAN_ARGUMENTS",
                "JWTRAIL_SCAN_TOKEN",
            ]
            .map(|name| (name, "")),
        )
        .envs(variables.iter().copied());
    assert!(
        command.status().unwrap().success(),
        "the step fails before the upload"
    );
    let read = |name: &str| {
        let text = fs::read_to_string(path(name)).unwrap();
        text.replace(&*directory.path().to_string_lossy(), "TEMP")
    };
    (read("arguments"), read("output"))
}

#[test]
fn findings_reach_the_upload_before_the_gate_fails() {
    let stub = "echo '{}' >\"$RUNNER_TEMP/jwtrail.sarif\"; exit 1";
    let (_, output) = scan(stub, &[]);
    assert_eq!(output, "exit-code=1\nsarif=TEMP/jwtrail.sarif\n");
}

#[test]
fn a_scan_that_could_not_be_done_is_no_pass_and_uploads_nothing() {
    let (_, output) = scan("exit 3", &[]);
    assert_eq!(output, "exit-code=3\nsarif=\n");
}

#[test]
fn the_token_is_on_no_command_line_and_arguments_are_data() {
    let variables = [
        ("SCAN_SPEC", "a spec.yaml"),
        ("SCAN_LOGS", "cmd:tail -F -n 0 x"),
        ("JWTRAIL_SCAN_TOKEN", "eyJ.secret"),
        ("SCAN_ARGUMENTS", "--rate\n20\n$(touch pwned); --x"),
    ];
    let (arguments, output) = scan("exit 0", &variables);
    assert_eq!(output, "exit-code=0\nsarif=\n");
    assert_eq!(
        arguments,
        "scan\nhttp://127.0.0.1:1\n--format\nsarif\n--output\nTEMP/jwtrail.sarif\n--fail-on\nhigh\n\
         --spec\na spec.yaml\n--logs\ncmd:tail -F -n 0 x\n--token\n@env:JWTRAIL_SCAN_TOKEN\n\
         --rate\n20\n$(touch pwned); --x\n"
    );
}
