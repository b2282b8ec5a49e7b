//! A copy without something.

use std::path::Path;

use jwtrail_event::{EventId, EventName, Outcome, Record, Text, Timestamp};
use jwtrail_store::{
    Batch, Change, Embedded, Field, Find, Log as _, Options, Placement, Rewrite, Rewritten, Scan,
    Search as _, State as _, Table,
};

struct WithoutNina;

impl Rewrite for WithoutNina {
    fn line(&mut self, position: u64, line: &[u8]) -> Option<Vec<u8>> {
        let record = Record::read(line).unwrap();
        let nina = record.token_sub.as_ref()?.as_str() == "nina";
        nina.then(|| line_of(position, None))
    }

    fn row(&mut self, table: Table, key: &[u8], value: &[u8]) -> Rewritten {
        match (table, key) {
            (Table::Alert, b"nina") => Rewritten::Gone,
            (Table::Snapshot, _) if value == b"nina" => Rewritten::Changed(b"nobody".to_vec()),
            _ => Rewritten::Same,
        }
    }
}

#[test]
fn a_copy_keeps_positions_and_has_nothing_of_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let store = Embedded::open(&from, Options::default()).unwrap();
    let mut batch = Batch::new();
    for (id, sub) in [(1, "otto"), (2, "nina"), (3, "otto"), (4, "nina")] {
        batch.push(&Record::read(&line_of(id, Some(sub))).unwrap());
    }
    store.append(batch).wait().unwrap();
    let put = |table, key: &str, row: &str| Change::Put(table, key.into(), row.into());
    let rows = [
        put(Table::Alert, "nina", "a"),
        put(Table::Alert, "otto", "b"),
        put(Table::Snapshot, "state", "nina"),
        put(Table::Rules, "last", "c"),
    ];
    store.commit(rows.into()).unwrap();
    assert!(holds(&from, b"nina"));
    store.rewrite(&to, &mut WithoutNina).unwrap();
    assert!(!holds(&to, b"nina"));

    let copy = Embedded::open(&to, Options::default()).unwrap();
    let positions: Vec<u64> = copy
        .read(0, 9)
        .unwrap()
        .iter()
        .map(|e| e.position())
        .collect();
    assert_eq!(positions, [1, 2, 3, 4]);
    assert_eq!((copy.usage().events, copy.usage().last), (4, 4));
    assert!(copy.usage().bytes < store.usage().bytes);
    let of = |sub: &str| {
        let page = copy.find(&Find::By(Field::Sub, sub.to_owned()), None, 9);
        page.unwrap().entries.len()
    };
    assert_eq!((of("nina"), of("otto")), (0, 2));
    let rows = |table| copy.scan(&Scan::all(table)).unwrap();
    assert_eq!(rows(Table::Alert), [(b"otto".to_vec(), b"b".to_vec())]);
    assert_eq!(
        rows(Table::Snapshot),
        [(b"state".to_vec(), b"nobody".to_vec())]
    );
    assert_eq!(rows(Table::Rules).len(), 1);
    // It goes on where the other was, and knows what it had.
    let mut batch = Batch::new();
    for id in [2, 5] {
        batch.push(&Record::read(&line_of(id, Some("nina"))).unwrap());
    }
    let placed = copy.append(batch).wait().unwrap();
    assert_eq!(placed, [Placement::Duplicate(2), Placement::New(5)]);
}

fn line_of(id: u64, sub: Option<&'static str>) -> Vec<u8> {
    let mut record = Record::new(
        EventName::TokenAccepted,
        Outcome::Success,
        Timestamp::from_seconds(7),
    );
    record.event_id = EventId::from_u128(u128::from(id));
    record.token_sub = sub.map(Text::from);
    let mut line = Vec::new();
    record.write_ndjson(&mut line);
    line
}

fn holds(folder: &Path, text: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(text.len()).any(|window| window == text)
    })
}
