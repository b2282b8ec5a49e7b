use jwtrail_event::{EventName, Outcome};
use jwtrail_testkit::TestClock;

use super::*;

#[test]
fn a_file_that_was_moved_is_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    let mut sink = FileSink::open(&path).unwrap();
    sink.write(&batch(1)).unwrap();
    std::fs::rename(&path, folder.path().join("moved")).unwrap();
    sink.write(&batch(2)).unwrap();
    assert_eq!(lines(&folder.path().join("moved")), 1);
    assert_eq!(lines(&path), 2);
}

#[test]
fn a_file_can_have_the_schema_of_another_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ocsf.ndjson");
    let mut sink = FileSink::open(&path).unwrap().format(Format::Ocsf);
    let batch = batch(3);
    sink.write(&batch).unwrap();
    let mut expected = Vec::new();
    for (_, line) in batch.lines() {
        Format::Ocsf.write(&Record::read(line).unwrap(), &mut expected);
    }
    assert_eq!(std::fs::read(&path).unwrap(), expected);
    assert_eq!(lines(&path), 3);
}

#[test]
fn a_torn_line_is_closed_and_not_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    std::fs::write(&path, b"{\"time\":\"2026").unwrap();
    let mut sink = FileSink::open(&path).unwrap();
    sink.write(&batch(1)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("{\"time\":\"2026"));
    assert!(Record::read(lines.next().unwrap().as_bytes()).is_ok());
}

#[test]
fn size_rotation_keeps_so_many_files_and_loses_no_line_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    let one = batch(1).bytes().len() as u64;
    let mut sink = FileSink::open(&path).unwrap().rotate_at(one * 10, 2);
    for _ in 0..35 {
        sink.write(&batch(1)).unwrap();
    }
    assert_eq!(lines(&path), 5);
    assert_eq!(lines(&folder.path().join("audit.ndjson.1")), 10);
    assert_eq!(lines(&folder.path().join("audit.ndjson.2")), 10);
    assert!(!folder.path().join("audit.ndjson.3").exists());
}

#[test]
fn each_day_has_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    let clock = TestClock::new(Timestamp::from_seconds(4_000_000_000));
    let open = |keep| {
        let mut sink = FileSink::open(&path).unwrap();
        sink.clock = Arc::new(clock.clone());
        // What is there already was written by the machine's clock, long before.
        sink.rotate_every(Duration::from_secs(86_400), keep)
    };
    let mut sink = open(2);
    sink.write(&batch(1)).unwrap();
    sink.write(&batch(1)).unwrap();
    clock.advance_seconds(86_400);
    sink.write(&batch(3)).unwrap();
    let yesterday = folder.path().join("audit.ndjson.1");
    assert_eq!((lines(&path), lines(&yesterday)), (3, 2));
    drop(sink);
    open(2).write(&batch(4)).unwrap();
    let before = folder.path().join("audit.ndjson.2");
    assert_eq!((lines(&path), lines(&yesterday), lines(&before)), (4, 3, 2));
}

#[test]
fn a_file_that_was_copied_and_cut_is_gone_on_with_at_its_new_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    let mut sink = FileSink::open(&path).unwrap();
    sink.write(&batch(3)).unwrap();
    std::fs::copy(&path, folder.path().join("copy")).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(0)
        .unwrap();
    sink.write(&batch(2)).unwrap();
    assert_eq!(lines(&folder.path().join("copy")), 3);
    assert_eq!(std::fs::read(&path).unwrap(), batch(2).bytes());
}

#[test]
fn a_batch_that_found_no_room_leaves_nothing_and_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.ndjson");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let mut sink = FileSink::open(&path).unwrap();
    sink.write(&batch(2)).unwrap_err();
    sink.write(&batch(2)).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    sink.write(&batch(2)).unwrap();
    sink.sync().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), batch(2).bytes());
}

#[test]
fn a_folder_that_is_not_there_is_said_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("absent/audit.ndjson");
    let error = FileSink::open(&path).unwrap_err();
    assert!(matches!(&error, TrailError::File { path: said, .. } if *said == path));
    assert!(error.to_string().contains("absent/audit.ndjson"));
}

fn batch(lines: usize) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..lines {
        batch.push(&Record::new(
            EventName::TokenAccepted,
            Outcome::Success,
            Timestamp::from_seconds(0),
        ));
    }
    batch
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}
