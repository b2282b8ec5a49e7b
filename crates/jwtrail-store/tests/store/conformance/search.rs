use jwtrail_event::Text;
use jwtrail_store::{Batch, Field, Find};

use super::Subject;
use crate::support::{batch, event, positions};

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
