use crate::support::Jwtrail;

const REPORT: &str = include_str!("../../../jwtrail-scan/tests/it/samples/report.json");

#[test]
fn a_scan_that_found_the_same_passes() {
    let text = Jwtrail::new()
        .with_file("a.json", REPORT)
        .run(&["scan-diff", "a.json", "a.json"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    D (65) -> D (65)
    3 unchanged
    --- stderr
    ");
}

#[test]
fn what_is_worse_fails() {
    let before = REPORT.replace("\"severity\": \"high\"", "\"severity\": \"low\"");
    let text = Jwtrail::new()
        .with_file("a.json", &before)
        .with_file("b.json", REPORT)
        .run(&["scan-diff", "a.json", "b.json"]);
    insta::assert_snapshot!(text, @r"
    exit code: 1
    --- stdout
    D (65) -> D (65)
    changed: high LOG-04: a line break in the User-Agent began a second record (was low)
    2 unchanged
    --- stderr
    error: 1 finding is new or worse
    ");
}

#[test]
fn what_is_no_report_is_refused() {
    let text = Jwtrail::new()
        .with_file("a.json", "{}")
        .run(&["scan-diff", "a.json", "a.json"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the report
     --> a.json
    cause: not a report of a scan: give a file that `jwtrail scan --format json` wrote
    cause: missing field `report_version` at line 1 column 2
    ");
}
