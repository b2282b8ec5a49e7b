use std::io::Write as _;
use std::process::Stdio;

use jwtrail_event::{ECS_VERSION, OCSF_VERSION};

use crate::support::Jwtrail;

#[test]
fn an_event_becomes_one_of_ocsf() {
    let text = Jwtrail::new().with_file("audit.ndjson", HEARTBEAT).run(&[
        "convert",
        "--to=ocsf",
        "audit.ndjson",
    ]);
    insta::assert_snapshot!(text, @r#"
    exit code: 0
    --- stdout
    {"class_uid":6002,"class_name":"Application Lifecycle","category_uid":6,"activity_id":99,"activity_name":"heartbeat","type_uid":600299,"severity_id":1,"metadata":{"version":"1.8.0","product":{"name":"jwtrail","vendor_name":"jwtrail"},"profiles":["datetime"],"uid":"019bc0de-0000-7000-8000-000000000007","log_version":"1","event_code":"heartbeat","sequence":3,"correlation_uid":"c-1"},"time":1800000000123,"time_dt":"2027-01-15T08:00:00.123456Z","unmapped":{"kind":"system","instance":"pod-7","boot_id":"b1","trust":"none","correlation_source":"generated","trace_id":"0000000000000000000000000000000b","span_id":"000000000000000c","last_seq":2,"final":true},"app":{"name":"orders-api","version":"1.2.3"},"status_id":1}
    --- stderr
    "#);
}

#[test]
fn an_event_becomes_a_document_of_ecs() {
    let text = Jwtrail::new().with_file("audit.ndjson", HEARTBEAT).run(&[
        "convert",
        "--to=ecs",
        "audit.ndjson",
    ]);
    insta::assert_snapshot!(text, @r#"
    exit code: 0
    --- stdout
    {"ecs":{"version":"9.4.0"},"event":{"kind":"event","module":"jwtrail","dataset":"jwtrail.audit","category":["process"],"type":["info"],"id":"019bc0de-0000-7000-8000-000000000007","action":"heartbeat","sequence":3,"outcome":"success"},"@timestamp":"2027-01-15T08:00:00.123456Z","jwtrail":{"schema_version":1,"kind":"system","token":{"trust":"none"},"correlation_id":"c-1","correlation_source":"generated","last_seq":2,"final":true},"service":{"name":"orders-api","version":"1.2.3","node":{"name":"pod-7"},"ephemeral_id":"b1"},"trace":{"id":"0000000000000000000000000000000b"},"span":{"id":"000000000000000c"}}
    --- stderr
    "#);
}

#[test]
fn a_broken_line_is_named_and_the_others_are_written() {
    let text = format!("{HEARTBEAT}\nno event\n{HEARTBEAT}");
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", text);
    let output = jwtrail
        .command(&["convert", "--to=ecs", "audit.ndjson"])
        .output()
        .unwrap();
    assert_eq!(output.stdout.iter().filter(|b| **b == b'\n').count(), 2);
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    warning: audit.ndjson:3: not an audit event at column 4: Invalid literal (`true`, `false`, or a `null`) while parsing at line 1 column 4
    error: 1 line is no audit event
    help: give NDJSON as a jwtrail sink writes it; `jwtrail schema event` describes it
    ");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn only_the_first_broken_lines_are_named() {
    let text = Jwtrail::new()
        .with_file("audit.ndjson", "{}\n".repeat(50))
        .run(&["convert", "--to=ecs", "audit.ndjson"]);
    assert_eq!(text.matches("warning: audit.ndjson:").count(), 20);
    assert!(text.contains("error: 50 lines are no audit events, the first 20 are named"));
}

#[test]
fn stdin_is_read_where_no_file_is_named() {
    let mut child = Jwtrail::new()
        .command(&["convert", "--to", "ecs"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(HEARTBEAT.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stdout.ends_with(b"}\n"));
}

#[test]
fn the_help_names_the_releases() {
    let text = Jwtrail::new().run(&["convert", "--help"]);
    assert!(text.contains(OCSF_VERSION) && text.contains(ECS_VERSION));
}

const HEARTBEAT: &str = concat!(
    r#"{"time":"2027-01-15T08:00:00.123456Z","event_id":"019bc0de-0000-7000-8000-000000000007","#,
    r#""schema_version":1,"kind":"system","event":"heartbeat","service":"orders-api","#,
    r#""service_version":"1.2.3","instance":"pod-7","boot_id":"b1","seq":3,"#,
    r#""outcome":"success","trust":"none","correlation_id":"c-1","#,
    r#""correlation_source":"generated","trace_id":"0000000000000000000000000000000b","#,
    r#""span_id":"000000000000000c","last_seq":2,"final":true}"#,
    "\n",
);
