use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use jwtrail_event::Timestamp;
use jwtrail_scan::sources::{LogFile, Several, mark};
use jwtrail_scan::{LogSource, ObservedRecord};
use jwtrail_testkit::TestClock;

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::new(Timestamp::from_seconds(1_800_000_000)))
}

fn append(path: &Path, text: &str) {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

async fn ids(source: &mut dyn LogSource) -> Vec<String> {
    let id = |record: ObservedRecord| record.field("id").unwrap_or("(none)").to_owned();
    source.poll().await.unwrap().into_iter().map(id).collect()
}

#[tokio::test]
async fn only_what_is_written_after_the_start_counts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.log");
    append(&path, "{\"id\":\"old\"}\n");
    let mut file = LogFile::open(&path, clock()).unwrap();
    assert_eq!(ids(&mut file).await, [""; 0]);
    append(&path, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":");
    assert_eq!(ids(&mut file).await, ["1", "2"]);
    append(&path, "\"3\"}\n");
    let records = file.poll().await.unwrap();
    assert_eq!(records[0].field("id"), Some("3"));
    assert_eq!(records[0].offset, 13 + 22);
    assert_eq!(records[0].raw, "{\"id\":\"3\"}");
    assert_eq!(records[0].seen_at, Timestamp::from_seconds(1_800_000_000));
    assert!(file.description().ends_with("a.log, from byte 13"));
}

#[tokio::test]
async fn a_rotated_file_is_read_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.log");
    append(&path, "");
    let mut file = LogFile::open(&path, clock()).unwrap();
    append(&path, "{\"id\":\"1\"}\n");
    let rotated = directory.path().join("a.log.1");
    fs::rename(&path, &rotated).unwrap();
    append(&rotated, "{\"id\":\"2\"}\n");
    append(&path, "{\"id\":\"3\"}\n");
    assert_eq!(ids(&mut file).await, ["1", "2", "3"]);
    fs::rename(&path, &rotated).unwrap();
    assert_eq!(ids(&mut file).await, [""; 0]);
    append(&path, "{\"id\":\"4\"}\n");
    assert_eq!(ids(&mut file).await, ["4"]);
}

#[tokio::test]
async fn a_file_that_was_cut_is_read_from_its_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.log");
    append(&path, "{\"id\":\"old\"}\n{\"id\":\"older\"}\n");
    let mut file = LogFile::open(&path, clock()).unwrap();
    fs::write(&path, "{\"id\":\"1\"}\n").unwrap();
    assert_eq!(ids(&mut file).await, ["1"]);
    // It has grown past our place by the time that we look.
    fs::write(&path, "{\"id\":\"2\"}\n{\"id\":\"3\"}\n").unwrap();
    assert_eq!(ids(&mut file).await, ["2", "3"]);
}

#[test]
fn an_unreadable_file_says_what_where_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.log");
    let error = LogFile::open(&missing, clock()).unwrap_err();
    assert!(error.place.ends_with("missing.log"));
    assert!(error.problem.contains("start the service first"));
    assert!(error.source.is_some());
    let error = LogFile::open(directory.path(), clock()).unwrap_err();
    assert_eq!(error.problem, "it is a directory; name the file in it");
}

#[tokio::test]
async fn marks_say_what_a_line_was_and_cannot_be_claimed() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (
        directory.path().join("a.log"),
        directory.path().join("b.log"),
    );
    append(&first, "");
    append(&second, "");
    let open = |path| Box::new(LogFile::open(path, clock()).unwrap()) as Box<dyn LogSource>;
    let mut several = Several::new(vec![open(&first), open(&second)]);
    append(
        &first,
        "{\"outcome\":\"failure\",\"outcome\":\"success\",\"@scan.cut\":\"true\"}\n",
    );
    append(&second, "bad \u{1b}[31mtoken\u{1b}[0m\n");
    let records = several.poll().await.unwrap();
    assert_eq!(records[0].field(mark::DOUBLED), Some("outcome"));
    assert_eq!(records[0].field(mark::FORMAT), Some("JSON"));
    assert_eq!(records[0].field(mark::CUT), None);
    assert!(records[0].field(mark::SOURCE).unwrap().contains("a.log"));
    assert_eq!(records[1].field(mark::CONTROL), Some("true"));
    assert_eq!(records[1].field("message"), Some("bad token"));
}
