use jwtrail_store::{Change, Scan, Table};

use super::Subject;

pub(crate) fn state_changes_hold_together(store: &Subject) {
    let put = |table, key: &str, value: &str| Change::Put(table, key.into(), value.into());
    store
        .commit(vec![
            put(Table::Reader, "detect", "7"),
            put(Table::Snapshot, "detect", &"s".repeat(100_000)),
            put(Table::Alert, "a", "open"),
        ])
        .unwrap();
    let load = |table, key: &str| store.load(table, key.as_bytes()).unwrap();
    assert_eq!(load(Table::Reader, "detect").unwrap(), b"7");
    assert_eq!(load(Table::Snapshot, "detect").unwrap().len(), 100_000);
    assert_eq!(load(Table::Outbox, "a"), None);
    store
        .commit(vec![
            put(Table::Alert, "a", "resolved"),
            Change::Remove(Table::Reader, "detect".into()),
            Change::Remove(Table::Outbox, "never there".into()),
        ])
        .unwrap();
    assert_eq!(load(Table::Alert, "a").unwrap(), b"resolved");
    assert_eq!(load(Table::Reader, "detect"), None);
}

pub(crate) fn scans_keep_to_their_bounds(store: &Subject) {
    let keys: [&[u8]; 6] = [b"a1", b"a2", b"a3", b"a\xff", b"b", b"\xff\xff"];
    let rows = keys.map(|key| Change::Put(Table::Rollup, key.to_vec(), key.to_vec()));
    store.commit(rows.to_vec()).unwrap();
    let other = Change::Put(Table::Producer, b"a2".to_vec(), vec![]);
    store.commit(vec![other]).unwrap();

    let all = Scan::all(Table::Rollup);
    let scan = |scan: Scan<'_>| {
        let rows = store.scan(&scan).unwrap();
        rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(scan(all), keys);
    let a = Scan {
        prefix: b"a",
        ..all
    };
    assert_eq!(scan(a), keys[..4]);
    assert_eq!(
        scan(Scan {
            beyond: Some(b"a1"),
            limit: 2,
            ..a
        }),
        keys[1..3]
    );
    assert_eq!(
        scan(Scan {
            beyond: Some(b"c"),
            ..a
        }),
        [b""; 0]
    );
    let down = Scan {
        newest_first: true,
        ..a
    };
    assert_eq!(scan(Scan { limit: 2, ..down }), [keys[3], keys[2]]);
    assert_eq!(
        scan(Scan {
            beyond: Some(b"a2"),
            ..down
        }),
        [keys[0]]
    );
    assert_eq!(
        scan(Scan {
            beyond: Some(b"A"),
            ..down
        }),
        [b""; 0]
    );
    assert_eq!(
        scan(Scan {
            beyond: Some(b"c"),
            ..down
        })
        .len(),
        4
    );
}
