//! What every store must do. A new implementation gets one line in `stores!`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::support::model::Model;
use crate::support::{Store, batch, event, positions};
use jwtrail_event::{EventId, Text, Timestamp};
use jwtrail_store::{
    Batch, Change, Embedded, Field, Find, Options, Placement, Retention, Scan, Table,
};

type Subject = Arc<dyn Store>;

fn embedded(path: &Path) -> Subject {
    Arc::new(Embedded::open(path, Options::default()).unwrap())
}

fn model(_: &Path) -> Subject {
    Arc::new(Model::default())
}

macro_rules! stores {
    ($($store:ident)+) => {
        stores!(@each [$($store)+]
            positions_count_from_one
            an_event_has_one_place
            producers_do_not_share_ids
            reading_goes_on_where_it_ended
            waiting_ends_with_the_next_event
            many_appends_at_once_lose_nothing
            events_are_found_by_each_field
            pages_cover_everything_once
            values_are_told_apart
            retention_by_size
            retention_by_age
            what_is_removed_is_not_found
            state_changes_hold_together
            scans_keep_to_their_bounds
        );
    };
    (@each $stores:tt $($case:ident)+) => {
        $(stores!(@case $case $stores);)+
    };
    (@case $case:ident [$($store:ident)+]) => {
        mod $case {
            $(#[test]
            fn $store() {
                let directory = tempfile::tempdir().unwrap();
                super::cases::$case(&super::$store(directory.path()));
            })+
        }
    };
}

stores!(embedded model);

mod cases {
    use super::*;

    pub(crate) fn positions_count_from_one(store: &Subject) {
        assert_eq!(store.head(), 0);
        assert!(store.read(0, 10).unwrap().is_empty());
        let placed = store.append(batch(1..=3)).wait().unwrap();
        assert_eq!(placed, [1, 2, 3].map(Placement::New));
        assert_eq!(store.append(Batch::new()).wait().unwrap(), []);
        assert_eq!(
            store.append(batch([4])).wait().unwrap(),
            [Placement::New(4)]
        );
        assert_eq!(store.head(), 4);
        let usage = store.usage();
        assert_eq!((usage.events, usage.first, usage.last), (4, 1, 4));
        assert_eq!(usage.bytes, batch(1..=4).bytes() as u64);
    }

    pub(crate) fn an_event_has_one_place(store: &Subject) {
        let placed = store.append(batch([1, 2, 1])).wait().unwrap();
        let twice = [
            Placement::New(1),
            Placement::New(2),
            Placement::Duplicate(1),
        ];
        assert_eq!(placed, twice);
        let placed = store.append(batch([2, 3])).wait().unwrap();
        assert_eq!(placed, [Placement::Duplicate(2), Placement::New(3)]);
        assert_eq!(positions(&store.read(0, 10).unwrap()), [1, 2, 3]);
    }

    pub(crate) fn producers_do_not_share_ids(store: &Subject) {
        let mut both = Batch::new();
        let mut record = event(1, 1);
        both.push(&record);
        record.producer = Some(Text::from("payments"));
        both.push(&record);
        let placed = store.append(both).wait().unwrap();
        assert_eq!(placed, [Placement::New(1), Placement::New(2)]);
        let at = |producer| store.position(producer, EventId::from_u128(1)).unwrap();
        assert_eq!([at("orders"), at("payments")], [Some(1), Some(2)]);
        assert_eq!(at("order"), None);
    }

    pub(crate) fn reading_goes_on_where_it_ended(store: &Subject) {
        store.append(batch(1..=5)).wait().unwrap();
        let first = store.read(0, 2).unwrap();
        let second = store.read(2, 2).unwrap();
        let third = store.read(4, 2).unwrap();
        let all = [first, second, third].concat();
        assert_eq!(positions(&all), [1, 2, 3, 4, 5]);
        let record = all[2].record().unwrap();
        assert_eq!(record.position, Some(3));
        assert_eq!(record.correlation_id.as_str(), "request-3");
    }

    pub(crate) fn waiting_ends_with_the_next_event(store: &Subject) {
        assert_eq!(store.wait(0, Duration::from_millis(1)), 0);
        let waiter = std::thread::spawn({
            let store = Arc::clone(store);
            move || store.wait(0, Duration::from_secs(60))
        });
        store.append(batch([1])).wait().unwrap();
        assert_eq!(waiter.join().unwrap(), 1);
        assert_eq!(store.wait(0, Duration::from_secs(60)), 1);
    }

    pub(crate) fn many_appends_at_once_lose_nothing(store: &Subject) {
        let append = |thread: u128| {
            let store = Arc::clone(store);
            std::thread::spawn(move || {
                let mut placed = Vec::new();
                for step in 0..20 {
                    let first = thread * 1_000 + step * 10;
                    placed.extend(store.append(batch(first..first + 3)).wait().unwrap());
                }
                placed
            })
        };
        let threads: Vec<_> = (1..=4).map(append).collect();
        let placed = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        let mut placed: Vec<_> = placed.map(Placement::position).collect();
        placed.sort_unstable();
        let all: Vec<u64> = (1..=240).collect();
        assert_eq!(placed, all);
        assert_eq!(positions(&store.read(0, 1_000).unwrap()), all);
    }

    pub(crate) fn events_are_found_by_each_field(store: &Subject) {
        let mut record = event(1, 1);
        record.token_fp = Some(Text::from("k1:00ff"));
        record.client_ip = Some(Text::from("203.0.113.7"));
        record.previous_jti = Some(Text::from("before"));
        let mut one = Batch::new();
        one.push(&record);
        store.append(one).wait().unwrap();
        store.append(batch([2])).wait().unwrap();
        let mut claimed = event(3, 3);
        claimed.token_sub = None;
        claimed.claimed_sub = Some(Text::from("alice"));
        let mut one = Batch::new();
        one.push(&claimed);
        store.append(one).wait().unwrap();

        let find = |field, value: &str| {
            let find = Find::By(field, value.to_owned());
            positions(&store.find(&find, None, 10).unwrap().entries)
        };
        assert_eq!(find(Field::Jti, "jti-1"), [1]);
        assert_eq!(find(Field::Jti, "before"), [1]);
        assert_eq!(find(Field::Sub, "alice"), [3, 2, 1]);
        assert_eq!(find(Field::CorrelationId, "request-2"), [2]);
        assert_eq!(find(Field::Fingerprint, "k1:00ff"), [1]);
        assert_eq!(find(Field::ClientIp, "203.0.113.7"), [1]);
        assert_eq!(find(Field::ClientIp, "203.0.113.70"), [0; 0]);
    }

    pub(crate) fn pages_cover_everything_once(store: &Subject) {
        store.append(batch(1..=7)).wait().unwrap();
        for find in [Find::All, Find::By(Field::Sub, "alice".into())] {
            let mut seen = Vec::new();
            let mut before = None;
            loop {
                let page = store.find(&find, before, 3).unwrap();
                seen.extend(positions(&page.entries));
                before = page.next_before;
                if before.is_none() {
                    break;
                }
            }
            assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1], "{find:?}");
        }
        let whole = store.find(&Find::All, None, 7).unwrap();
        assert_eq!(whole.next_before, None);
        assert_eq!(store.entry(3).unwrap().unwrap().position(), 3);
        assert_eq!(store.entry(8).unwrap(), None);
    }

    pub(crate) fn values_are_told_apart(store: &Subject) {
        let tricky = ["a", "a\0", "a\0\0\0\0\0\0\0\0\u{1}", "b", "\u{ff}"];
        let mut all = Batch::new();
        for (id, value) in (1..).zip(tricky) {
            let mut record = event(id, 1);
            record.token_sub = Some(Text::from(value));
            all.push(&record);
        }
        store.append(all).wait().unwrap();
        for (position, value) in (1..).zip(tricky) {
            let find = Find::By(Field::Sub, value.to_owned());
            let page = store.find(&find, None, 10).unwrap();
            assert_eq!(positions(&page.entries), [position], "{value:?}");
        }
    }

    fn retain(store: &Subject, keep: Retention, now: i64) -> u64 {
        let mut events = 0;
        loop {
            let removed = store.retain(keep, Timestamp::from_seconds(now)).unwrap();
            events += removed.events;
            if !removed.more {
                return events;
            }
        }
    }

    pub(crate) fn retention_by_size(store: &Subject) {
        store.append(batch(1..=2_500)).wait().unwrap();
        assert_eq!(retain(store, Retention::default(), 9_999), 0);
        let half = store.usage().bytes / 2;
        let keep = Retention {
            max_bytes: Some(half),
            max_age: None,
        };
        let removed = retain(store, keep, 0);
        let usage = store.usage();
        assert!(usage.bytes <= half && usage.bytes > half - 2_000);
        assert_eq!(usage.first, removed + 1);
        assert_eq!(usage.events, 2_500 - removed);
        let left = store.read(0, 5_000).unwrap();
        assert_eq!(positions(&left).first(), Some(&usage.first));
        assert_eq!(left.len() as u64, usage.events);
    }

    pub(crate) fn retention_by_age(store: &Subject) {
        store.append(batch(1..=10)).wait().unwrap();
        let keep = Retention {
            max_bytes: None,
            max_age: Some(Duration::from_secs(5)),
        };
        assert_eq!(retain(store, keep, 10), 4);
        assert_eq!(positions(&store.read(0, 99).unwrap()), [5, 6, 7, 8, 9, 10]);
        assert_eq!(retain(store, keep, 99), 6);
        let usage = store.usage();
        assert_eq!((usage.events, usage.bytes), (0, 0));
        assert_eq!((usage.first, usage.last), (11, 10));
        assert_eq!(
            store.append(batch([11])).wait().unwrap(),
            [Placement::New(11)]
        );
    }

    pub(crate) fn what_is_removed_is_not_found(store: &Subject) {
        store.append(batch(1..=4)).wait().unwrap();
        let keep = Retention {
            max_bytes: None,
            max_age: Some(Duration::from_secs(1)),
        };
        assert_eq!(retain(store, keep, 4), 2);
        let find = Find::By(Field::Sub, "alice".into());
        let page = store.find(&find, None, 10).unwrap();
        assert_eq!(positions(&page.entries), [4, 3]);
        assert_eq!(
            store.position("orders", EventId::from_u128(1)).unwrap(),
            None
        );
        assert_eq!(store.entry(1).unwrap(), None);
    }

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
}
