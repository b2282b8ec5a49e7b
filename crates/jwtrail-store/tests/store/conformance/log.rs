use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{EventId, Text};
use jwtrail_store::{Batch, Placement};

use super::Subject;
use crate::support::{batch, event, positions};

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
