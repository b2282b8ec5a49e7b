use std::time::Duration;

use jwtrail_event::{EventId, Timestamp};
use jwtrail_store::{Field, Find, Placement, Retention};

use super::Subject;
use crate::support::{batch, positions};

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
