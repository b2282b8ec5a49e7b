use jwtrail_event::{DroppedKind, EventName, Outcome, Record, Timestamp, Trust};

use super::*;

#[test]
fn what_goes_in_comes_out_in_order_across_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(folder.path(), 64 << 20).unwrap();
    let mut seq = 0;
    while spool.segments.len() < 3 {
        spool
            .append(&numbered(&mut seq, 500, EventName::TokenAccepted))
            .unwrap();
    }
    assert_eq!(drain(&mut spool), (0..seq).collect::<Vec<_>>());
    assert_eq!(spool.bytes(), 0);
    assert_eq!(files(folder.path()), 1);
}

#[test]
fn another_boot_delivers_what_was_left_first_and_cuts_the_torn_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut seq = 0;
    let mut spool = Spool::open(folder.path(), 1 << 20).unwrap();
    spool
        .append(&numbered(&mut seq, 3, EventName::TokenAccepted))
        .unwrap();
    drop(spool);
    let mut file = open_private(&segment_path(folder.path(), 0)).unwrap();
    file.write_all(b"{\"time\":\"20").unwrap();

    let mut spool = Spool::open(folder.path(), 1 << 20).unwrap();
    spool
        .append(&numbered(&mut seq, 2, EventName::TokenAccepted))
        .unwrap();
    assert_eq!(drain(&mut spool), [0, 1, 2, 3, 4]);
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Spool::open(folder.path(), 1 << 20).unwrap();
    let second = Spool::open(folder.path(), 1 << 20).unwrap_err();
    assert!(matches!(second, TrailError::SpoolInUse { .. }));
}

#[test]
fn past_its_bound_it_counts_floods_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(folder.path(), 100_000).unwrap();
    let mut seq = 0;
    let mut drops = Drops::default();
    for _ in 0..100 {
        let flood = numbered(&mut seq, 10, EventName::TokenRejected);
        drops.merge(&spool.append(&flood).unwrap());
    }
    let floods = drops.total();
    assert!(floods > 500);
    assert_eq!(drops.of(DroppedKind::Unverified), floods);
    drops.merge(
        &spool
            .append(&numbered(&mut seq, 50, EventName::TokenAccepted))
            .unwrap(),
    );
    assert_eq!(drops.total(), floods);
    assert_eq!(drain(&mut spool).len() as u64 + drops.total(), 1050);
}

fn numbered(seq: &mut u64, count: u64, event: EventName) -> Batch {
    let mut batch = Batch::default();
    for _ in 0..count {
        let mut record = Record::new(event, Outcome::Failure, Timestamp::from_seconds(0));
        record.seq = *seq;
        if event == EventName::TokenAccepted {
            record.trust = Trust::Verified;
        }
        batch.push(&record);
        *seq += 1;
    }
    batch
}

fn drain(spool: &mut Spool) -> Vec<u64> {
    let mut seqs = Vec::new();
    while spool.bytes() > 0 {
        let lines = spool.next(10_000).unwrap();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            seqs.push(Record::read(line).unwrap().seq);
        }
        spool.delivered(lines.len()).unwrap();
    }
    seqs
}

fn files(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder).unwrap();
    names
        .filter(|entry| entry.as_ref().unwrap().file_name() != "lock")
        .count()
}
