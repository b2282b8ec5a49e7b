use crate::support::Jwtrail;

#[test]
fn where_no_monitor_was_there_is_nothing_to_erase() {
    let jwtrail = Jwtrail::new();
    insta::assert_snapshot!(jwtrail.run(&["erase", "--sub", "alice"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: there is no monitor's data in jwtrail-data
    help: name the folder that `serve` was given
    ");
    assert!(!jwtrail.path("jwtrail-data").exists());
}
