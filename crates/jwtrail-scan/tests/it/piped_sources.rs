use std::path::Path;
use std::sync::Arc;

use jwtrail_event::{Clock, Timestamp};
use jwtrail_scan::sources::{LogCommand, LogStream};
use jwtrail_scan::{LogSource as _, ObservedRecord};
use jwtrail_testkit::TestClock;
use tokio::io::AsyncWriteExt as _;

use crate::until;

fn clock() -> Arc<dyn Clock> {
    Arc::new(TestClock::new(Timestamp::from_seconds(1_800_000_000)))
}

fn id(record: &ObservedRecord) -> &str {
    record.field("id").unwrap_or("(none)")
}

#[tokio::test]
async fn a_commands_two_outputs_are_read() {
    let line = r#"echo '{"id":"out"}'; echo '{"id":"err"}' >&2; exec cat /dev/zero >/dev/null"#;
    let mut command = LogCommand::start(line, clock()).unwrap();
    let records = until::records(&mut command, 2).await;
    let mut ids: Vec<&str> = records.iter().map(id).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["err", "out"]);
}

#[tokio::test]
async fn a_command_that_ends_is_an_error_after_what_it_said() {
    let mut command =
        LogCommand::start("echo '{\"id\":\"1\"}'; echo gone >&2; exit 3", clock()).unwrap();
    let records = until::records(&mut command, 2).await;
    assert!(records.iter().any(|record| id(record) == "1"));
    let error = until::failure(&mut command).await;
    assert!(error.place.starts_with("the command `echo"), "{error}");
    assert!(
        error.problem.contains("its last words were: gone"),
        "{error}"
    );
    assert!(error.problem.contains("tail -F -n 0 FILE"), "{error}");
}

#[tokio::test]
async fn a_command_is_killed_with_all_that_it_started() {
    let line = r#"sh -c 'echo "{\"id\":\"$$\"}"; exec cat /dev/zero >/dev/null' & wait"#;
    let mut command = LogCommand::start(line, clock()).unwrap();
    let records = until::records(&mut command, 1).await;
    let process = format!("/proc/{}/cmdline", id(&records[0]));
    assert!(Path::new(&process).exists());
    drop(command);
    // What was killed is gone, or waits for whoever inherited it to ask how it ended.
    until::so(|| {
        std::fs::read(&process).is_ok_and(|line| line.is_empty()) || !Path::new(&process).exists()
    })
    .await;
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let mut command = LogCommand::start("exec /nowhere/to/be/found", clock()).unwrap();
    let error = until::failure(&mut command).await;
    assert!(
        error.problem.contains("127") || error.problem.contains("not found"),
        "{error}"
    );
}

#[tokio::test]
async fn a_stream_is_read_until_it_ends() {
    let (mut writer, reader) = tokio::io::duplex(64);
    let mut stream = LogStream::new("the test", reader, clock());
    assert_eq!(stream.poll().await.unwrap(), []);
    writer.write_all(b"{\"id\":\"1\"}\n{\"id\":").await.unwrap();
    let records = until::records(&mut stream, 1).await;
    assert_eq!(id(&records[0]), "1");
    writer.write_all(b"\"2\"}\n").await.unwrap();
    drop(writer);
    let records = until::records(&mut stream, 1).await;
    assert_eq!(id(&records[0]), "2");
    let error = until::failure(&mut stream).await;
    assert!(
        error
            .to_string()
            .starts_with("cannot read the test: it ended before"),
        "{error}"
    );
}
