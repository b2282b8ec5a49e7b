//! An erasure that is cut off while the copy takes the store's place.

use std::io;
use std::path::Path;

use jwtrail_event::{EventName, Outcome, Record};
use jwtrail_testkit::TestClock;

use super::*;
use crate::{Monitor, MonitorConfig};

#[test]
fn wherever_it_was_cut_off_nothing_is_lost_and_another_call_completes_it() {
    // Three renames, each cut off before and after it was done.
    for cut in 0..6 {
        for is_started_between in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path().join("data");
            let clock = TestClock::new(Timestamp::from_seconds(1_000_000));
            fill(&data);
            let ids = ids(&data);

            let error = erase_by(&data, &nina(), &clock, &mut cut_at(cut)).unwrap_err();
            assert!(error.to_string().contains("power went"), "{error}");
            if is_started_between {
                serve(&data, &clock);
                assert_eq!(those_of(&data, &ids), ids, "lost, cut off at {cut}");
            }

            erase(&data, &nina(), Arc::new(clock)).unwrap();
            let store = Embedded::open(data.join("log"), Options::default()).unwrap();
            let entries = store.read(0, AT_ONCE).unwrap();
            let text = |name: &str| {
                let mut lines = entries.iter().map(|entry| entry.line());
                lines.any(|line| String::from_utf8_lossy(line).contains(name))
            };
            assert!(!text("nina"), "she is left, cut off at {cut}");
            assert!(text("otto"), "he is gone, cut off at {cut}");
            drop(store);
            let left = std::fs::read_dir(&data).unwrap();
            let left = left.map(|entry| entry.unwrap().file_name());
            let beside = left.filter(|name| name.to_string_lossy().starts_with("jwtrail-erase"));
            assert_eq!(beside.count(), 0, "cut off at {cut}");
            assert_eq!(those_of(&data, &ids), ids, "lost, cut off at {cut}");
            // What it became is what a monitor goes on with.
            serve(&data, &TestClock::new(Timestamp::from_seconds(1_000_060)));
        }
    }
}

/// A rename after which the process is gone: nothing else of it is done.
fn cut_at(step: usize) -> impl FnMut(&Path, &Path) -> Result<(), MonitorError> {
    let mut at = 0;
    let mut die = move |path: &Path| {
        at += 1;
        if at <= step {
            return Ok(());
        }
        Err(MonitorError::File {
            path: path.to_owned(),
            source: io::Error::other("the power went"),
        })
    };
    move |from, to| {
        die(from)?;
        data_folder::rename(from, to)?;
        die(to)
    }
}

fn fill(data: &Path) {
    std::fs::create_dir_all(data).unwrap();
    let store = Embedded::open(data.join("log"), Options::default()).unwrap();
    let mut batch = Batch::new();
    for (id, sub) in (1..).zip(["nina", "otto", "nina", "otto"]) {
        let time = Timestamp::from_seconds(1_000_000 - 60);
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        record.event_id = EventId::from_u128((7 << 76) + (2 << 62) + id);
        record.service = Text::from("orders-api");
        record.producer = Some(Text::from("orders"));
        record.token_iss = Some(Text::from("https://login.example"));
        record.token_sub = Some(Text::from(sub));
        batch.push(&record);
    }
    store.append(batch).wait().unwrap();
}

fn ids(data: &Path) -> Vec<EventId> {
    let lock = data_folder::lock(data).unwrap();
    let store = data_folder::open(data, Options::default(), &lock).unwrap();
    let entries = store.read(0, AT_ONCE).unwrap();
    let records = entries.iter().map(|entry| entry.record().unwrap());
    records.map(|record| record.event_id).collect()
}

/// Those of the ids that are there, in their order: a monitor has told of itself, too.
fn those_of(data: &Path, known: &[EventId]) -> Vec<EventId> {
    let there = ids(data).into_iter();
    there.filter(|id| known.contains(id)).collect()
}

fn serve(data: &Path, clock: &TestClock) {
    let mut config = MonitorConfig::new("127.0.0.1:0".parse().unwrap(), data);
    config.limits.disk_reserve = 0;
    let monitor = Monitor::start(config, Arc::new(clock.clone())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(monitor.stop());
}

fn nina() -> [String; 1] {
    ["nina".to_owned()]
}
