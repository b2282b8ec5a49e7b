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

#[test]
fn a_folder_of_somebody_else_is_left_as_it_is() {
    let jwtrail = Jwtrail::new();
    // As `/var` has them.
    for name in ["log", "log.old"] {
        std::fs::create_dir_all(jwtrail.path("there").join(name)).unwrap();
    }
    let refused = jwtrail.run(&["erase", "--sub", "alice", "--data", "there"]);
    assert!(
        refused.contains("there is no monitor's data in there"),
        "{refused}"
    );
    let names = std::fs::read_dir(jwtrail.path("there")).unwrap();
    assert_eq!(names.count(), 2);
    let log = std::fs::read_dir(jwtrail.path("there").join("log")).unwrap();
    assert_eq!(log.count(), 0);
}
